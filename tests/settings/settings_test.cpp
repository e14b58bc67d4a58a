// The daemon's settings: wrong folders case by case, examples, precedence, and what is generated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "app/settings/load.hpp"
#include "cases.hpp"
#include "config/yaml.hpp"

namespace crossdock::app {
namespace {

namespace fs = std::filesystem;
using config::Format;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path root = CROSSDOCK_ROOT;
using Variables = std::map<std::string, std::string>;

const Variables basic{{"CROSSDOCK_POSTGRES_URL", "postgresql://hub:canary-pw@localhost/hub"},
                      {"CROSSDOCK_KAFKA_BROKERS", "localhost:9092"}};

config::Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

/// A folder that is gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "crossdock-settings-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder& file(const std::string& name, const std::string& text) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string problems_of(const Loaded& loaded) { return config::render(loaded.problems, Format::text); }

TEST(Cases, wrong_folders_say_what_is_wrong_and_where) {
  const auto answer = [](const fs::path& folder) {
    if (fs::exists(folder / "in")) return problems_of(load((folder / "in").string(), environment(basic)));
    Folder made;
    made.file("crossdock.yaml", cases::read_file(folder / "in.yaml"));
    return problems_of(load(made.path(), environment(basic)));
  };
  EXPECT_GE(cases::run(root / "tests/settings/cases", answer), 60U);
}

TEST(Cases, none_is_without_an_error) {
  for (const auto& folder : cases::folders(root / "tests/settings/cases"))
    EXPECT_THAT(cases::read_file(folder / "want.txt"), ::testing::AnyOf(HasSubstr("error: "), HasSubstr("warning: "))) << folder;
}

TEST(Examples, minimal_is_what_the_issue_says) {
  const Loaded loaded = load((root / "config/examples/minimal").string(), environment(basic));
  EXPECT_EQ(problems_of(loaded), "0 errors\n");
  const Settings& s = loaded.settings;
  EXPECT_EQ(s.authentication, Authentication::none);
  EXPECT_EQ(s.listen.api, "127.0.0.1:8080");
  EXPECT_EQ(s.postgres.url.reveal(), basic.at("CROSSDOCK_POSTGRES_URL"));
  EXPECT_EQ(s.kafka.brokers, "localhost:9092");
  EXPECT_EQ(s.capture.release, Release::automatic);
  EXPECT_EQ(s.capture.release_ahead, std::chrono::hours(48));
  EXPECT_EQ(s.capture.checks.credit.from.kind, Origin::Kind::store);
  EXPECT_EQ(s.capture.checks.shipping_method.from.kind, Origin::Kind::store);
  EXPECT_EQ(s.capture.checks.atp.when_stale, WhenStale::serve);
  EXPECT_EQ(s.availability.when_stale, WhenStale::serve);
  EXPECT_FALSE(s.limits.rate);
  ASSERT_EQ(s.systems.size(), 1U);
  const System& wms = s.systems.begin()->second;
  EXPECT_TRUE(wms.locations.any);
  ASSERT_EQ(wms.feeds.size(), 2U);
  const Feed &inventory = wms.feeds.at("inventory"), &shipments = wms.feeds.at("shipments");
  EXPECT_EQ(inventory.kafka.topic, "wms.inventory.v1");
  EXPECT_EQ(inventory.sequence, Sequence::growing);
  EXPECT_EQ(shipments.kafka.topic, "wms.shipments.v1");
  for (const Feed* feed : {&inventory, &shipments}) {
    EXPECT_EQ(feed->kafka.start, Start::earliest);
    EXPECT_EQ(feed->parent_wait, std::chrono::seconds(5));
    EXPECT_EQ(feed->source, SourceCheck::any);
    EXPECT_EQ(feed->accepts.size(), 1U);
  }
}

Variables distributor() {
  Variables out = basic;
  out["CROSSDOCK_ERP_URL"] = "http://127.0.0.1:9100";
  for (const char* who : {"WEBSHOP", "WMS_EAST", "WMS_WEST", "OPERATOR"})
    out[std::string("CROSSDOCK_") + who + "_KEY_SHA256"] = std::string(62, 'a') + std::to_string(10 + out.size());
  return out;
}

TEST(Examples, distributor_loads) {
  const Loaded loaded = load((root / "config/examples/distributor").string(), environment(distributor()));
  EXPECT_EQ(problems_of(loaded), "0 errors\n");
  const Settings& s = loaded.settings;
  EXPECT_EQ(s.clients.size(), 4U);
  EXPECT_EQ(s.clients.at("webshop").rate, (Rate{500, milliseconds(1000)}));
  EXPECT_TRUE(s.clients.at("operator").sources.any);
  EXPECT_TRUE(s.clients.at("wms_east").locations.holds("DC-EAST"));
  EXPECT_FALSE(s.clients.at("wms_east").locations.holds("DC-WEST"));
  EXPECT_EQ(s.capture.checks.credit.from, (Origin{Origin::Kind::system, "erp", "credit"}));
  EXPECT_EQ(s.capture.checks.credit.without.use, Unanswered::last_known);
  EXPECT_EQ(s.capture.checks.credit.without.otherwise, Unanswered::hold);
  EXPECT_EQ(s.capture.checks.price.tolerance.text(), "0.005");
  EXPECT_EQ(s.systems.at("erp").options.base_url, "http://127.0.0.1:9100");
  EXPECT_EQ(s.systems.at("erp").answers.at("credit").ask.get, "/credit/:customer");
  EXPECT_EQ(s.systems.at("wms_east").feeds.at("stock").sequence, Sequence::dense);
  EXPECT_EQ(s.systems.at("wms_east").feeds.at("stock").source, SourceCheck::own);
}

TEST(Examples, can_be_checked_where_nothing_is_set) {
  for (const char* example : {"minimal", "distributor"}) {
    const Checked checked = check((root / "config/examples" / example).string(), environment({}));
    EXPECT_EQ(checked.exit_code, 0) << config::render(checked.problems, Format::text);
    EXPECT_FALSE(load((root / "config/examples" / example).string(), environment({})).usable()) << "but a daemon must not start so";
  }
}

TEST(Annotated, is_the_defaults) {
  const std::string text = cases::read_file(root / "config/crossdock.yaml");
  Folder folder, bare;
  folder.file("crossdock.yaml", text);
  bare.file("crossdock.yaml", "");
  const Loaded loaded = load(folder.path(), environment(basic)), defaults = load(bare.path(), environment(basic));
  EXPECT_TRUE(loaded.usable()) << problems_of(loaded);
  EXPECT_TRUE(defaults.usable()) << problems_of(defaults);
  EXPECT_EQ(shown(loaded.settings), shown(defaults.settings));
  Settings made;
  made.kafka.brokers = "localhost:9092";
  made.postgres.url = Secret("x");
  EXPECT_EQ(shown(loaded.settings), shown(made)) << "the struct's initialisers are the defaults";
}

TEST(Precedence, file_then_environment_then_flag) {
  Folder folder;
  folder.file("crossdock.yaml",
              "authentication: none\nlisten: {api: \"127.0.0.1:1\", admin: \"127.0.0.1:2\"}\nkafka: {brokers: \"file:1\"}\n");
  Variables variables{{"CROSSDOCK_POSTGRES_URL", "postgres://from-env/hub"}};
  Loaded loaded = load(folder.path(), environment(variables));
  EXPECT_EQ(problems_of(loaded), "0 errors\n");
  EXPECT_EQ(loaded.settings.listen.api, "127.0.0.1:1");
  EXPECT_EQ(loaded.settings.kafka.brokers, "file:1");
  variables["CROSSDOCK_API_LISTEN"] = "127.0.0.1:11";
  variables["CROSSDOCK_ADMIN_LISTEN"] = "127.0.0.1:12";
  variables["CROSSDOCK_KAFKA_BROKERS"] = "env:1,env:2";
  loaded = load(folder.path(), environment(variables));
  EXPECT_EQ(loaded.settings.listen.api, "127.0.0.1:11");
  EXPECT_EQ(loaded.settings.listen.admin, "127.0.0.1:12");
  EXPECT_EQ(loaded.settings.kafka.brokers, "env:1,env:2");
  loaded =
      load(folder.path(), environment(variables), {{"listen.api", "127.0.0.1:0"}, {"loops", "2"}, {"postgres.url", "postgres://flag/x"}});
  EXPECT_EQ(problems_of(loaded), "0 errors\n");
  EXPECT_EQ(loaded.settings.listen.api, "127.0.0.1:0");
  EXPECT_EQ(loaded.settings.loops, 2);
  EXPECT_EQ(loaded.settings.postgres.url.reveal(), "postgres://flag/x");
}

TEST(Precedence, a_wrong_override_is_blamed_on_where_it_came_from) {
  Folder folder;
  folder.file("crossdock.yaml", "authentication: none\n");
  Variables variables = basic;
  variables["CROSSDOCK_API_LISTEN"] = "0.0.0.0:8080";
  variables["CROSSDOCK_POSTGRES_URL"] = "mysql canary-pw";
  const std::string text = problems_of(load(folder.path(), environment(variables), {{"loops", "many"}, {"no.such", "1"}}));
  EXPECT_THAT(text, HasSubstr("CROSSDOCK_POSTGRES_URL: error: expected postgresql://"));
  EXPECT_THAT(text, HasSubstr("flag loops:1:1: error: expected a whole number"));
  EXPECT_THAT(text, HasSubstr("flag no.such:1:1: error: \"no\" is not a setting"));
  EXPECT_THAT(text, HasSubstr("CROSSDOCK_API_LISTEN:1:1: error: 0.0.0.0:8080 is reached from other machines"));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
}

TEST(Loopback, is_the_only_place_without_authentication) {
  Folder folder;
  const auto answer = [&](const std::string& listen, const std::string& more) {
    folder.file("crossdock.yaml", "authentication: none\nlisten: {api: \"" + listen + "\"}\n" + more);
    return load(folder.path(), environment(basic)).usable();
  };
  for (const char* near : {"127.0.0.1:0", "127.9.9.9:80", "localhost:80", "[::1]:80"}) EXPECT_TRUE(answer(near, "")) << near;
  for (const char* far : {"0.0.0.0:80", "[::]:80", "10.0.0.1:80", "hub.internal:80", "127.evil.example:80", "[::ffff:10.0.0.1]:80"}) {
    EXPECT_FALSE(answer(far, "")) << far;
    EXPECT_TRUE(answer(far, "allow_unauthenticated_beyond_loopback: true\n")) << far;
  }
}

TEST(Secrets, are_nowhere_in_what_is_shown) {
  Variables variables = distributor();
  const Loaded loaded = load((root / "config/examples/distributor").string(), environment(variables));
  const std::string text = shown(loaded.settings);
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, Not(HasSubstr(std::string(62, 'a'))));
  EXPECT_THAT(text, HasSubstr("url: \"***\""));
  EXPECT_THAT(text, HasSubstr("get: /credit/:customer"));
}

TEST(Secrets, come_from_files_beside_the_configuration) {
  Folder folder;
  folder.file("crossdock.yaml", "clients:\n  a: {api_key_hash: !secret file:a.sha256, scopes: [admin]}\n")
      .file("a.sha256", std::string(64, 'b') + "\n");
  ::chmod((folder.path() + "/a.sha256").c_str(), 0400);
  const Loaded loaded = load(folder.path(), environment(basic));
  EXPECT_EQ(problems_of(loaded), "0 errors\n");
  EXPECT_EQ(loaded.settings.clients.at("a").api_key_hash.reveal(), std::string(64, 'b'));
  ::chmod((folder.path() + "/a.sha256").c_str(), 0644);
  EXPECT_FALSE(load(folder.path(), environment(basic)).usable());
}

TEST(Check, exit_codes) {
  EXPECT_EQ(check("/nowhere/at/all", environment({})).exit_code, 1);
  Folder folder;
  EXPECT_EQ(check(folder.path(), environment({})).exit_code, 78) << "no crossdock.yaml";
  folder.file("crossdock.yaml", "authentication: none\n");
  EXPECT_EQ(check(folder.path(), environment(basic)).exit_code, 0);
  folder.file("crossdock.yaml", "authentication: nobody\n");
  EXPECT_EQ(check(folder.path(), environment(basic)).exit_code, 78);
}

TEST(Check, survives_files_that_are_no_text) {
  Folder folder;
  folder.file("crossdock.yaml", std::string("a\0b", 3))
      .file("systems/erp.yaml", std::string(2 << 20, 'x'))
      .file("systems/wms.yaml", "\xFF\xFE");
  const Loaded loaded = load(folder.path(), environment(basic));
  EXPECT_THAT(problems_of(loaded), HasSubstr("crossdock.yaml:1:2: error: a control character (0x00)"));
  EXPECT_THAT(problems_of(loaded), HasSubstr("systems/erp.yaml: error: larger than 1 MiB"));
  EXPECT_THAT(problems_of(loaded), HasSubstr("systems/wms.yaml:1:1: error: not UTF-8"));
}

}  // namespace
}  // namespace crossdock::app
