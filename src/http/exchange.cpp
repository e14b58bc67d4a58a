// One request and its answer: the half of Connection that knows HTTP.
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "crossdock/base/id.hpp"
#include "http/connection.hpp"
#include "http/head_parser.hpp"
#include "http/media.hpp"
#include "http/problems.hpp"
#include "http/writer.hpp"

namespace crossdock::http {

namespace {
constexpr std::size_t kCopied = 16 * 1'024;       // up to here a body is copied behind its head: one write, one buffer
constexpr std::uint64_t kDiscarded = 64 * 1'024;  // a refused body is read up to here, beyond it the connection is closed
constexpr std::size_t kReserved = 64 * 1'024;     // a Content-Length is a claim: no more memory than this before the bytes come
constexpr const char* kNoPath = "There is no such path; check how it is written. /openapi.json of the API lists all.";
}  // namespace

std::size_t Connection::take_head(std::string_view input) {
  if (phase_ == Phase::idle) {
    phase_ = Phase::head;
    since_ = request_.received = Clock::now();
  }
  switch (guard_.feed(input)) {
    case HeadGuard::State::more:
      return 0;
    case HeadGuard::State::refused:
      refuse(guard_.refusal());
      return input.size();
    case HeadGuard::State::passed:
      break;
  }
  head_ = guard_.head();
  guard_.reset();
  if (!parse_head(input, head_, request_)) {
    refuse(Refusal{400, "invalid_request", "the head can be read in two ways"});
    return input.size();
  }
  open_request();
  return head_.size;
}

void Connection::open_request() {
  if (valid_correlation_id(request_.headers.correlation_id)) {
    request_.correlation_id = request_.headers.correlation_id;
  } else {
    request_.correlation_id = new_id();
  }
  if (!parse_target(request_)) return answer_early(Problem("invalid_request", "the target has a malformed escape").response(request_));
  if (request_.method == Method::options && listener_->router().find(request_) != Router::Found::route) return answer_options();
  auto found = request_.route != nullptr ? Router::Found::route : listener_->router().find(request_);
  if (refused_by_owner()) return;
  if (found == Router::Found::no_path) return answer_early(Problem("not_found", kNoPath).response(request_));
  if (refused_by_route(found == Router::Found::no_method)) return;
  if (head_.framing == Framing::none) return dispatch();
  expect_body();
}

void Connection::answer_options() {
  std::string allow = listener_->router().allow(request_.path);
  if (allow.empty()) return answer_early(Problem("not_found", kNoPath).response(request_));
  Response response(204, {}, {});
  response.with("Allow", std::move(allow));
  answer_early(std::move(response));
}

bool Connection::refused_by_owner() {
  const auto& authenticate = listener_->hooks().authenticate;
  if (!authenticate) return false;
  auto refusal = authenticate(request_);
  if (!refusal) return false;
  answer_early(std::move(*refusal));
  return true;
}

bool Connection::refused_by_route(bool no_method) {
  auto no = [this](Response response) {
    answer_early(std::move(response));
    return true;
  };
  if (no_method) {
    std::string allow = listener_->router().allow(request_.path);
    Response response = Problem("method_not_allowed", "Use one of these methods here: " + allow + ".").response(request_);
    response.with("Allow", std::move(allow));
    return no(std::move(response));
  }
  const Route& route = *request_.route;
  if (head_.framing == Framing::chunked && !listener_->settings().limits.chunked)
    return no(Problem(411, "invalid_request", "send the body with a Content-Length").response(request_));
  if (head_.content_length > route.body_limit)
    return no(Problem("payload_too_large", "the body may have " + std::to_string(route.body_limit) + " bytes here").response(request_));
  if (head_.framing != Framing::none && request_.method != Method::get && request_.method != Method::head &&
      !takes_body(request_, route.takes))
    return no(Problem("unsupported_media_type", "send the body as " + std::string(route.takes.empty() ? kJson : route.takes.front()))
                  .response(request_));
  if (!acceptable(request_, route.gives))
    return no(Problem("not_acceptable", "this call answers " + std::string(route.gives.front())).response(request_));
  return false;
}

/// Before the body has been read: discards a small one, closes on the rest.
void Connection::answer_early(Response response) {
  bool small = head_.framing == Framing::length && head_.content_length <= kDiscarded && !head_.expects_continue;
  if (head_.framing == Framing::none) return finish(std::move(response));
  if (!small) {
    head_.keep_alive = false;
    return finish(std::move(response));
  }
  discard_ = true;
  early_ = std::move(response);
  phase_ = Phase::body;
  body_left_ = head_.content_length;
  body_seen_ = 0;
}

void Connection::expect_body() {
  phase_ = Phase::body;
  body_seen_ = 0;
  body_left_ = head_.content_length;
  if (head_.framing == Framing::chunked) {
    chunks_ = ChunkReader(request_.route->body_limit);
  } else {
    request_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, kReserved)));
  }
  if (head_.expects_continue) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

std::size_t Connection::take_body(std::string_view input) {
  if (head_.framing == Framing::chunked) {
    std::size_t used = 0;
    ChunkReader::State state = chunks_.feed(input, request_.body, used);
    body_seen_ += used;
    if (state == ChunkReader::State::refused) {
      head_.keep_alive = false;
      const Refusal& why = chunks_.refusal();
      finish(Problem(why.status, why.code, std::string(why.detail)).response(request_));
      return input.size();
    }
    if (state == ChunkReader::State::done) dispatch();
    return used;
  }
  auto n = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, input.size()));
  if (!discard_) request_.body.append(input.substr(0, n));
  body_left_ -= n;
  body_seen_ += n;
  if (body_left_ == 0 && discard_) {
    discard_ = false;
    finish(std::move(early_));
  } else if (body_left_ == 0) {
    dispatch();
  }
  return n;
}

void Connection::dispatch() {
  phase_ = Phase::busy;
  if (std::holds_alternative<FastHandler>(request_.route->handler)) {
    serve_fast();
  } else {
    serve_slow();
  }
}

void Connection::serve_fast() {
  Response response;
  try {
    response = std::get<FastHandler>(request_.route->handler)(request_);
  } catch (const std::exception& broken) {
    listener_->trouble("handler_broken", broken.what());
    response = Problem("internal_error", "the hub has a defect; it was logged under the correlation id").response(request_);
  }
  finish(std::move(response));
}

void Connection::serve_slow() {
  auto self = shared_from_this();
  boost::asio::co_spawn(listener_->loop(), serve(self), [self](const std::exception_ptr& broken) {
    if (!broken) return;
    self->cut();
    std::rethrow_exception(broken);  // to the loop's edge, which tells it
  });
}

Task<void> Connection::serve(std::shared_ptr<Connection> self) {
  Response response;
  bool answered = false;
  try {
    auto work = std::get<Handler>(self->request_.route->handler)(self->request_);
    response = co_await std::move(work);
    answered = true;
  } catch (const std::exception& broken) {
    self->listener_->trouble("handler_broken", broken.what());
  }
  if (!answered)
    response = Problem("internal_error", "the hub has a defect; it was logged under the correlation id").response(self->request_);
  self->finish(std::move(response));
}

/// The answer to the current request is there. Outside the pump (a coroutine ended) the connection goes on from here.
void Connection::finish(Response response) {
  if (phase_ == Phase::closed) return;
  respond(std::move(response));
  phase_ = Phase::idle;
  since_ = Clock::now();
  request_.clear();
  if (!pumping_) take({});
}

void Connection::refuse(Refusal refusal) {  // by value: it may come out of the guard that is reset here
  request_.clear();
  request_.correlation_id = new_id();
  head_ = Head();
  head_.keep_alive = false;
  guard_.reset();
  finish(Problem(refusal.status, refusal.code, std::string(refusal.detail)).response(request_));
}

/// A head or a body that did not come in time.
void Connection::late() {
  if (phase_ == Phase::head) {
    refuse(Refusal{408, "deadline_exceeded", "the request's head did not come in time"});
  } else {
    head_.keep_alive = false;
    discard_ = false;
    finish(Problem(408, "deadline_exceeded", "the request's body did not come in time").response(request_));
  }
}

void Connection::respond(Response response) {
  bool close = !head_.keep_alive || listener_->draining();
  bool head_only = request_.method == Method::head;
  bool big = response.content().size() > kCopied && !head_only && !bodiless(response.status);
  std::size_t before = out_.size();
  append_response(out_, response, Envelope{listener_->date(), request_.correlation_id, close, head_.http10, head_only}, !big);
  close_after_ = close_after_ || close;
  observe(response, out_.size() - before + (big ? response.content().size() : 0));
  if (big) {
    big_ = std::move(response);
    big_left_ = big_.content();
  } else if (response.body.capacity() <= kCopied * 2) {
    response.body.clear();
    request_.spare_ = std::move(response.body);
  }
}

void Connection::observe(const Response& response, std::size_t bytes) {
  const auto& hook = listener_->hooks().observe;
  if (hook) hook(Observation{request_, response.status, response.code, Clock::now() - request_.received, bytes});
}

}  // namespace crossdock::http
