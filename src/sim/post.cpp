#include "sim/post.hpp"

#include "crossdock/base/id.hpp"
#include "observe/log.hpp"

namespace crossdock::sim {

namespace {

kafka::Headers binary(const Told& told, const std::string& source) {
  return {{"ce_specversion", "1.0"},
          {"ce_id", told.id},
          {"ce_type", told.type},
          {"ce_source", source},
          {"ce_time", Instant::now().text()},
          {"ce_partitionkey", told.key},
          {"content-type", "application/json"}};
}

std::string structured(const Told& told, const std::string& source) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("specversion").string("1.0").key("id").string(told.id).key("type").string(told.type);
  out.key("source").string(source).key("time").instant(Instant::now()).key("datacontenttype").string("application/json");
  out.key("data").raw(told.body).end_object();
  return text;
}

}  // namespace

bool Post::send(const Told& told) {
  const auto& topic = told.where == Told::Where::inventory ? topics_.inventory : topics_.shipments;
  const auto token = ++token_;
  // The contract allows three forms, and the hub has to read all of them: the record's own lot chooses, so that a repeat looks the same.
  const auto form = lot_of(told.id) % 10;
  auto queued = kafka::Producer::Queued::yes;
  if (form == 0)
    queued = producer_->produce(topic, told.key, structured(told, source_), {{"content-type", "application/cloudevents+json"}}, token);
  else if (form == 1)
    queued = producer_->produce(topic, told.key, told.body, {}, token);
  else
    queued = producer_->produce(topic, told.key, told.body, binary(told, source_), token);
  if (queued != kafka::Producer::Queued::yes) return false;
  flying_.emplace(token, told);
  return true;
}

void Post::work(Disorder& line, Clock::time_point now) {
  for (const auto& told : line.due(now))
    if (!send(told)) line.repeat(told, now);
  for (const auto& report : producer_->poll(std::chrono::milliseconds(0))) {
    const auto it = flying_.find(report.token);
    if (it == flying_.end()) continue;
    if (report.ok()) {
      ++delivered_;
    } else {
      log::warning("post.again", {{"code", report.code}, {"message", report.message}});
      line.repeat(it->second, now);
    }
    flying_.erase(it);
  }
}

void Post::poison(const std::string& key) {
  const Told told{Told::Where::inventory, key, new_id(), "crossdock.inventory.movement.v1",
                  R"({"kind":"movement","id":"torn off in the mid)"};
  if (producer_->produce(topics_.inventory, told.key, told.body, binary(told, source_), 0) == kafka::Producer::Queued::yes) ++poisoned_;
}

}  // namespace crossdock::sim
