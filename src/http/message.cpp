#include "http/message.hpp"

#include <charconv>

#include "http/chars.hpp"

namespace crossdock::http {

Method method_of(std::string_view word) {
  if (word == "GET") return Method::get;
  if (word == "POST") return Method::post;
  if (word == "PUT") return Method::put;
  if (word == "HEAD") return Method::head;
  if (word == "DELETE") return Method::del;
  if (word == "PATCH") return Method::patch;
  if (word == "OPTIONS") return Method::options;
  return Method::other;
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "";
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [known, value] : params_) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::string_view> Request::query(std::string_view name) const {
  for (const auto& [known, value] : query_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& field : fields) {
    if (chars::same(field.name, name)) return field.value;
  }
  return std::nullopt;
}

Deadline Request::deadline(std::chrono::milliseconds at_most) const {
  Deadline latest(received + at_most);
  long asked = 0;
  auto text = headers.timeout_ms;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), asked);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size() || asked <= 0 || asked >= at_most.count()) return latest;
  return Deadline(received + std::chrono::milliseconds(asked));
}

void Request::clear() {
  method = Method::other;
  method_text = target = path = {};
  headers = {};
  fields.clear();
  body.clear();
  if (body.capacity() > kKeptCapacity) std::string().swap(body);
  correlation_id.clear();
  route = nullptr;
  caller.reset();
  query_.clear();
  params_.clear();
}

Response Response::constant(int status_code, std::string_view text, std::string_view type) {
  Response response(status_code, {}, type);
  response.constant_ = text;
  return response;
}

Response& Response::with(std::string_view name, std::string value) & {
  headers.emplace_back(name, std::move(value));
  return *this;
}

Response&& Response::with(std::string_view name, std::string value) && {
  headers.emplace_back(name, std::move(value));
  return std::move(*this);
}

}  // namespace crossdock::http
