#include "sim/door.hpp"

#include <charconv>
#include <cstdlib>

#include "observe/log.hpp"

namespace crossdock::sim {

Result<Address> Address::parse(std::string_view text) {
  Address address;
  const auto colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || colon == 0 || colon == std::string_view::npos)
    return Fault(FaultKind::broken, "bad_address", "'" + std::string(text) + "' is not HOST:PORT");
  address.host = text.substr(0, colon);
  return address;
}

Door::Door(runtime::Loops& loops, Address address, MakeRouter router)
    : loops_(loops), address_(std::move(address)), make_router_(std::move(router)) {}

Door::~Door() { close(); }

Outcome Door::open() {
  if (server_) return Done{};
  http::Settings settings;
  settings.address = address_.host;
  settings.port = address_.port;
  settings.limits.connections_per_address = 0;
  http::Hooks hooks;
  hooks.trouble = [](std::string_view event, std::string_view detail) {
    log::warning("door.trouble", {{"code", event}, {"message", detail}});
  };
  server_ = std::make_unique<http::Server>(loops_, settings, make_router_(), std::move(hooks));
  auto started = server_->start();
  if (!started) {
    server_.reset();
    return started;
  }
  address_.port = server_->port();
  return Done{};
}

void Door::close() {
  if (!server_) return;
  server_->stop(Deadline::in(std::chrono::milliseconds(200)));
  server_.reset();
}

http::Response refuse(int status, std::string_view why) {
  std::string body;
  json::Writer(body).begin_object().key("error").string(why).end_object();
  return {status, std::move(body)};
}

std::string text_of(json::View object, std::string_view name, std::string_view otherwise) {
  const auto member = object.find(name);
  return std::string(member && (member->is(json::Kind::string) || member->is(json::Kind::number)) ? member->text() : otherwise);
}

std::int64_t number_of(json::View object, std::string_view name, std::int64_t otherwise) {
  const auto text = text_of(object, name);
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double share_of(json::View object, std::string_view name, double otherwise) {
  const auto text = text_of(object, name);
  return text.empty() ? otherwise : std::strtod(text.c_str(), nullptr);
}

bool flag_of(json::View object, std::string_view name, bool otherwise) {
  const auto member = object.find(name);
  return member && member->is(json::Kind::boolean) ? member->boolean() : otherwise;
}

}  // namespace crossdock::sim
