// systems/<name>.yaml: one neighbour each, what it tells the hub and what it can be asked.
#include <fmt/format.h>

#include "app/settings/declare.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::app {
namespace {

using config::duration;
using config::integer;
using config::one_of;
using std::chrono::hours;

config::Typed<Topic> topic() {
  static const auto start = one_of<Start>({{"earliest", Start::earliest, "from the oldest record that the topic still has"},
                                           {"latest", Start::latest, "from what comes after the feed is first read"}});
  static const auto settings = config::Settings<Topic>("kafka_feed", "A topic that the system writes.")
                                   .required("topic", &Topic::topic, "The topic's name.",
                                             config::text_like("[A-Za-z0-9._-]{1,200}", "a topic name of letters, digits, . _ and -"))
                                   .example("wms.east.stock")
                                   .required("start", &Topic::start, "Where a feed that was never read begins.", start)
                                   .example("earliest");
  return settings.type();
}

/// Every `:name` in a path or query must be one that the hub knows.
void check_names(const std::string& text, const std::string& path, config::Input& input) {
  for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1)) {
    const std::size_t end = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at + 1), text.size());
    const std::string name = text.substr(at + 1, end - at - 1);
    const auto& known = question_names();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    input.problem(input.where(path), fmt::format("a question has no value :{}", name),
                  near.empty() ? fmt::format("there are :{}", fmt::join(known, ", :")) : fmt::format("did you mean :{}?", near));
  }
}

config::Typed<Ask> ask() {
  static const auto settings = config::Settings<Ask>("ask", "How a system is asked, over HTTP.")
                                   .required("get", &Ask::get, "The path under the base URL; :name stands for a value of the question.",
                                             config::text_like("/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*", "a path such as /credit/:customer"))
                                   .example("/credit/:customer")
                                   .optional("query", &Ask::query, "The query's parameters, each a text or :name.",
                                             config::map_of({"parameter", {}}, config::text()))
                                   .example("{country: \":country\"}")
                                   .rule([](const Ask& value, config::Input& input) {
                                     check_names(value.get, input.path() + ".get", input);
                                     for (const auto& [name, text] : value.query)
                                       if (text.starts_with(':')) check_names(text, input.path() + ".query." + name, input);
                                   });
  return settings.type();
}

config::Typed<Options> options() {
  static const auto settings = config::Settings<Options>("options", "The connector's own settings.")
                                   .optional("base_url", &Options::base_url, "Where the system answers.", config::maybe(config::url()))
                                   .example("https://erp.internal")
                                   .optional("token", &Options::token, "Sent as Authorization: Bearer.")
                                   .example("!env ERP_TOKEN");
  return settings.type();
}

config::Typed<SystemLimits> system_limits() {
  static const auto settings =
      config::Settings<SystemLimits>("system_limits", "What the system can bear; all instances keep to it each.")
          .optional("in_flight", &SystemLimits::in_flight, "Questions at once, shared out over the loops, at least one each; others wait.",
                    integer(1, 10'000))
          .optional("rate", &SystemLimits::rate,
                    "Questions in a time, of all loops; one that cannot be sent within its time is not asked. Unlimited when absent.",
                    rate())
          .example("50/s");
  return settings.type();
}

config::Typed<Circuit> circuit() {
  static const auto settings =
      config::Settings<Circuit>("circuit", "When a system that fails is left alone for a while.")
          .optional("open_after", &Circuit::open_after, "Failures in a row that open the circuit.", integer(1, 1000))
          .optional("window", &Circuit::window, "The time over which failures are counted.", duration(milliseconds(100), hours(1)))
          .optional("probe_after", &Circuit::probe_after, "How long it stays open before one question is tried.",
                    duration(milliseconds(100), hours(1)));
  return settings.type();
}

config::Typed<SystemKind> kind() {
  static const auto type = one_of<SystemKind>({{"erp", SystemKind::erp, "books, prices, credit"},
                                               {"wms", SystemKind::wms, "a warehouse"},
                                               {"oms", SystemKind::oms, "orders"},
                                               {"carrier", SystemKind::carrier, "transport"},
                                               {"channel", SystemKind::channel, "where orders come from"}});
  return type;
}

void check_system(const System& system, config::Input& input) {
  const std::string& at = input.path();
  if (!system.answers.empty() && system.connector == Connector::none)
    input.problem(input.where(at + ".answers"), "a system that answers needs a connector", "add connector: http_json");
  if (!system.answers.empty() && system.connector == Connector::http_json && !system.options.base_url &&
      !input.given(at + ".options.base_url"))
    input.problem(input.where(at + ".answers"), "a system that answers needs options.base_url",
                  "for example options: {base_url: https://erp.internal}");
  if (!system.feeds.empty() && !system.locations.any && system.locations.names.empty())
    input.problem(input.where(at + ".feeds"), "a system with feeds needs locations", "for example locations: [DC-EAST], or locations: any");
}

}  // namespace

const std::vector<std::string_view>& question_names() {
  static const std::vector<std::string_view> names{"customer",        "currency", "amount", "source",      "order_number",
                                                   "shipping_method", "country",  "region", "postal_code", "weight_kg"};
  return names;
}

config::Typed<Feed> type_of(const Feed*) {
  static const auto sequence = one_of<Sequence>({{"dense", Sequence::dense, "a missing number is a loss: a gap is raised"},
                                                 {"growing", Sequence::growing, "numbers grow, gaps are normal"},
                                                 {"none", Sequence::none, "no numbers: ordered by as_of, which is weaker"}});
  static const auto accepts = one_of<Accepts>(
      {{"inventory", Accepts::inventory, "snapshots and movements of stock"}, {"shipments", Accepts::shipments, "shipments"}});
  static const auto source = one_of<SourceCheck>({{"own", SourceCheck::own, "a record's source must be this system's name"},
                                                  {"any", SourceCheck::any, "records may name any source"}});
  static const auto settings =
      config::Settings<Feed>("feed", "A named stream that the system offers.")
          .required("kafka", &Feed::kafka, "The topic that it comes by.", topic())
          .example("{topic: wms.east.stock, start: earliest}")
          .optional("accepts", &Feed::accepts, "Which documents may come; others go to the dead letters.", config::list_of(accepts, 1))
          .optional("sequence", &Feed::sequence, "What the sequence of its inventory events is worth.", sequence)
          .optional("source", &Feed::source, "Whose documents it may bring.", source)
          .optional("parent_wait", &Feed::parent_wait, "How long a record waits for an item, location or order that is not known yet.",
                    duration(milliseconds(0), hours(24 * 30)))
          .optional("clock_skew", &Feed::clock_skew, "How far the system's clock may be off, when a snapshot is held against a shipment.",
                    duration(milliseconds(0), hours(24)));
  return settings.type();
}

config::Typed<Answer> type_of(const Answer*) {
  static const auto settings =
      config::Settings<Answer>("answer", "A question that the system answers now.")
          .required("ask", &Answer::ask, "How it is asked.", ask())
          .example("{get: \"/credit/:customer\"}")
          .optional("timeout", &Answer::timeout, "How long one call may take.", duration(milliseconds(1), milliseconds(30'000)));
  return settings.type();
}

const config::Settings<System>& system_settings() {
  static const auto connector = one_of<Connector>({{"http_json", Connector::http_json, "HTTP with JSON bodies"}});
  static const auto settings =
      config::Settings<System>("system", "One neighbour: what it tells the hub, and what it can be asked.")
          .required("title", &System::title, "What people call it.")
          .example("East warehouse")
          .required("kind", &System::kind, "What it is.", kind())
          .example("wms")
          .optional("connector", &System::connector, "The code that speaks to it. Kafka feeds need none.", connector)
          .example("http_json")
          .optional("options", &System::options, "The connector's own settings.", options())
          .optional("locations", &System::locations, "The locations whose stock and shipments it reports, or any.")
          .example("[DC-EAST]")
          .optional("feeds", &System::feeds, "What it tells the hub.",
                    config::map_of({"feed", {}}, type_of(static_cast<const Feed*>(nullptr))))
          .example("  stock:\n    kafka: {topic: wms.east.stock, start: earliest}\n    sequence: dense\n    accepts: [inventory]")
          .optional("answers", &System::answers, "What it can be asked now.",
                    config::map_of({"answer", {"credit", "shipping_method"}}, type_of(static_cast<const Answer*>(nullptr))))
          .example("  credit:\n    ask: {get: \"/credit/:customer\"}\n    timeout: 300ms")
          .optional("limits", &System::limits, "What it can bear.", system_limits())
          .optional("circuit", &System::circuit, "When it is left alone.", circuit())
          .rule(check_system, {"connector", "options", "locations", "feeds", "answers"});
  return settings;
}

}  // namespace crossdock::app
