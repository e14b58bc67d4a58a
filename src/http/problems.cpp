#include "http/problems.hpp"

#include <algorithm>

#include "crossdock/base/json.hpp"

namespace crossdock::http {

namespace {

constexpr ProblemCode kCodes[] = {
    {"malformed_json", 400, "The body is not the JSON that we take",
     "Malformed, nested too deep, or with U+0000. Correct the text at the place named."},
    {"invalid_request", 400, "The request is not valid",
     "errors[] names every mistake with its JSON Pointer. Correct them all and send it again."},
    {"idempotency_key_missing", 400, "The Idempotency-Key is missing",
     "Every POST that changes something needs an Idempotency-Key of 1 to 255 printable characters, the same one for each repeat."},
    {"unauthenticated", 401, "Who is calling is not known", "Send a valid Authorization or X-Api-Key header."},
    {"forbidden", 403, "This caller may not do that", "The credential lacks the scope, or does not speak for that source."},
    {"not_found", 404, "There is no such thing", "Check the path and the identifier; what you may not see is not found either."},
    {"method_not_allowed", 405, "This path does not take this method", "The Allow header lists those that it takes."},
    {"not_acceptable", 406, "None of the accepted media types can be given", "Accept application/json, or leave Accept out."},
    {"insufficient_stock", 409, "There is not enough stock", "errors[] names each short line with what is available."},
    {"order_exists", 409, "Another order has this source and number", "Use its id to change it, or send a new number."},
    {"document_exists", 409, "Another document has this source and number", "The same source and number came before with other content."},
    {"reservation_not_open", 409, "The reservation has ended", "It was released, has expired or has been committed. Make a new one."},
    {"invalid_transition", 409, "The document's state does not allow that", "Read it again: its status says what is possible now."},
    {"request_in_progress", 409, "The same request is being worked on",
     "A request with this Idempotency-Key has not ended. Repeat it a little later."},
    {"precondition_failed", 412, "The document has changed", "Read it again and repeat with its new ETag in If-Match."},
    {"payload_too_large", 413, "The body is too large", "1 MiB at most; 16 MiB for import and inventory events. Send it in parts."},
    {"unsupported_media_type", 415, "The body's media type is not taken", "Send application/json in UTF-8, without a content coding."},
    {"idempotency_key_reused", 422, "The Idempotency-Key was used for another body", "Use a new key for a new request."},
    {"order_rejected", 422, "The order was rejected", "findings[] says why; correct the order and send it with a new attempt."},
    {"unknown_reference", 422, "Something that the body names does not exist", "Create the item, location or order first."},
    {"precondition_required", 428, "If-Match is missing", "Send the ETag of the revision that you have seen."},
    {"rate_limited", 429, "Too many requests", "Wait as long as Retry-After says.", true},
    {"overloaded", 503, "The hub is too busy", "Nothing was done. Repeat it after Retry-After.", true},
    {"not_ready", 503, "The hub is not ready",
     "It is starting, draining, its database is away, or nobody can judge the order now. Repeat it after Retry-After.", true},
    {"deadline_exceeded", 504, "The time ran out", "What was asked may have been done: repeat it with the same Idempotency-Key.", true},
    {"internal_error", 500, "The hub has a defect",
     "It was logged under the correlation id. Report it, or repeat with the same Idempotency-Key."},
};

const ProblemCode& row_of(std::string_view code) {
  const ProblemCode* row = find_problem(code);
  return row != nullptr ? *row : *find_problem("internal_error");
}

}  // namespace

std::span<const ProblemCode> problem_codes() { return kCodes; }

const ProblemCode* find_problem(std::string_view code) {
  auto row = std::find_if(std::begin(kCodes), std::end(kCodes), [code](const ProblemCode& r) { return r.code == code; });
  return row == std::end(kCodes) ? nullptr : row;
}

Problem::Problem(std::string_view code, std::string detail) : Problem(row_of(code).status, code, std::move(detail)) {}

Problem::Problem(int status, std::string_view code, std::string detail)
    : status_(find_problem(code) != nullptr ? status : 500), row_(&row_of(code)), detail_(std::move(detail)) {
  if (row_->repeatable) wait_ = std::chrono::seconds(1);
}

Problem&& Problem::errors(Mistakes mistakes) && {
  for (auto& mistake : mistakes) errors_.push_back(Entry{std::move(mistake), {}});
  return std::move(*this);
}

void Problem::add_error(Mistake mistake, std::string members) { errors_.push_back(Entry{std::move(mistake), std::move(members)}); }

void Problem::add_member(std::string_view name, std::string json) { members_.emplace_back(name, std::move(json)); }

Problem&& Problem::error(Mistake mistake, std::string members) && {
  add_error(std::move(mistake), std::move(members));
  return std::move(*this);
}

Problem&& Problem::member(std::string_view name, std::string json) && {
  add_member(name, std::move(json));
  return std::move(*this);
}

Problem&& Problem::retry_after(std::chrono::seconds wait) && {
  wait_ = std::max(wait, std::chrono::seconds(1));
  return std::move(*this);
}

Response Problem::response(const Request& request) const { return response(request.correlation_id, request.problem_base); }

Response Problem::response(std::string_view correlation_id, std::string_view base) const {
  Response out(status_, {}, kProblem);
  out.code = row_->code;
  json::Writer writer(out.body);
  writer.begin_object();
  writer.key("type").string(std::string(base) + "/problems/" + std::string(row_->code));
  writer.key("title").string(row_->title);
  writer.key("status").integer(status_);
  writer.key("detail").string(detail_);
  writer.key("code").string(row_->code);
  writer.key("correlation_id").string(correlation_id);
  if (!errors_.empty()) {
    writer.key("errors").begin_array();
    for (const auto& entry : errors_) {
      writer.begin_object().key("pointer").string(entry.mistake.pointer).key("code").string(entry.mistake.code);
      writer.key("detail").string(entry.mistake.detail);
      if (!entry.mistake.suggestion.empty()) writer.key("suggestion").string(entry.mistake.suggestion);
      if (!entry.members.empty()) out.body.append(",").append(entry.members);
      writer.end_object();
    }
    writer.end_array();
  }
  for (const auto& [name, json] : members_) writer.key(name).raw(json);
  writer.end_object();
  if (wait_.count() > 0) out.with("Retry-After", std::to_string(wait_.count()));
  return out;
}

}  // namespace crossdock::http
