// Room config against a made-up struct: every type, every refusal, and what follows from a declaration.
#include "dock.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "cases.hpp"
#include "config/pages.hpp"

namespace crossdock::dock {
namespace {

using config::Format;
using config::Input;
using config::Problems;
using ::testing::HasSubstr;
using ::testing::Not;

std::optional<std::string> environment(const std::string& name) {
  if (name == "DOCK_KEY") return "canary-4711";
  if (name == "DOCK_DOORS") return "7";
  if (name == "DOCK_BAD") return "canary-bad";
  return std::nullopt;
}

struct Read {
  Dock dock;
  Problems problems;
};

Read read(const std::string& text, const std::string& name = "dock.yaml", bool must_resolve = true) {
  Read out;
  const auto source = std::make_shared<config::Source>(name, text);
  Input input(out.problems);
  input.environment = environment;
  input.folder = ::testing::TempDir();
  input.must_resolve = must_resolve;
  if (const auto root = config::read_yaml(source, out.problems)) {
    input.found({source, 1, 1, 1});
    dock().read(*root, input, out.dock);
  }
  config::sort(out.problems);
  return out;
}

std::string problems_of(const std::string& text) { return config::render(read(text).problems, Format::text); }

TEST(Cases, wrong_files_say_what_is_wrong_and_where) {
  const auto root = std::filesystem::path(CROSSDOCK_ROOT) / "tests/config/cases";
  const auto answer = [](const std::filesystem::path& folder) {
    return config::render(read(cases::read_file(folder / "in.yaml"), "in.yaml").problems, Format::text);
  };
  EXPECT_GE(cases::run(root, answer), 30U);
}

TEST(Read, every_type_as_written) {
  const auto [d, problems] = read(R"(title: no
code: east-2
open: false
doors: 12
buffer: 64KiB
wait: 15min
load: 12.50
share: 0.5%
since: 2026-12-01
colour: blue
key: !env DOCK_KEY
bays: [7, 8]
ramps:
  a: {width: 5, note: "yes"}
  b: {}
fallback: {use: blue, after: 2s}
until: 2027-01-01
who: [ann]
)");
  EXPECT_EQ(config::render(problems, Format::text), "0 errors\n");
  EXPECT_EQ(d.title, "no") << "a text is never guessed to be something else";
  EXPECT_FALSE(d.open);
  EXPECT_EQ(d.doors, 12);
  EXPECT_EQ(d.buffer, 65536);
  EXPECT_EQ(d.wait, std::chrono::minutes(15));
  EXPECT_EQ(d.load.text(), "12.5");
  EXPECT_EQ(d.share.text(), "0.005");
  EXPECT_EQ(d.since.text(), "2026-12-01");
  EXPECT_EQ(d.colour, Colour::blue);
  EXPECT_EQ(d.key.reveal(), "canary-4711");
  EXPECT_EQ(d.bays, (std::vector<int>{7, 8}));
  EXPECT_EQ(d.ramps.at("a").width, 5);
  EXPECT_EQ(d.ramps.at("a").note, "yes");
  EXPECT_EQ(d.ramps.at("b").width, 3);
  EXPECT_EQ(d.fallback.after, std::chrono::seconds(2));
  EXPECT_EQ(d.until->text(), "2027-01-01");
  EXPECT_EQ(d.who.names, std::vector<std::string>{"ann"});
}

TEST(Read, yaml_1_1_surprises_stay_what_the_type_says) {
  for (const char* word : {"no", "NO", "on", "1e3", "012", "0x1F", "null", "~", "12:30", "2026-12-01", "1_000", ".5", "="}) {
    const auto [d, problems] = read(std::string("title: ") + word + "\n");
    EXPECT_EQ(d.title, word);
    EXPECT_TRUE(problems.empty()) << word;
  }
  for (const char* word : {"012", "1e3", "0x1F", "1_000", "+4", "4.0", "\"4\"", "'4'"})
    EXPECT_THAT(problems_of(std::string("title: x\ndoors: ") + word + "\n"), HasSubstr("expected a whole number")) << word;
  for (const char* word : {"yes", "no", "on", "off", "True", "y", "1"})
    EXPECT_THAT(problems_of(std::string("title: x\nopen: ") + word + "\n"), HasSubstr("write ")) << word;
}

TEST(Read, references_stand_for_any_scalar) {
  const auto [d, problems] = read("title: !env DOCK_KEY\ndoors: !env DOCK_DOORS\n");
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(d.title, "canary-4711");
  EXPECT_EQ(d.doors, 7);
}

TEST(Read, what_a_reference_led_to_is_never_shown) {
  const std::string text = problems_of("title: x\nkey: !env DOCK_KEY\ndoors: !env DOCK_BAD\n");
  EXPECT_THAT(text, HasSubstr("expected a whole number"));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
}

TEST(Read, a_look_from_another_machine_only_warns_about_references) {
  const auto [d, problems] = read("title: x\nkey: !env NOWHERE\ndoors: !env NOWHERE\n", "dock.yaml", false);
  EXPECT_EQ(problems.size(), 2U);
  EXPECT_FALSE(config::any_error(problems));
}

class SecretFile : public ::testing::Test {
 protected:
  SecretFile() : path_(::testing::TempDir() + "crossdock-secret") { std::ofstream(path_) << "from-a-file\n"; }
  ~SecretFile() override { std::filesystem::remove(path_); }
  std::string path_;
};

TEST_F(SecretFile, is_read_when_it_is_kept_well) {
  ::chmod(path_.c_str(), 0400);
  EXPECT_EQ(read("title: x\nkey: !secret file:" + path_ + "\n").dock.key.reveal(), "from-a-file");
  EXPECT_EQ(read("title: x\nkey: !secret file:crossdock-secret\n").dock.key.reveal(), "from-a-file") << "relative to the folder";
  ::chmod(path_.c_str(), 0440);
  EXPECT_TRUE(read("title: x\nkey: !secret file:" + path_ + "\n").problems.empty());
}

TEST_F(SecretFile, is_refused_when_everybody_may_read_it) {
  ::chmod(path_.c_str(), 0444);
  const std::string text = problems_of("title: x\nkey: !secret file:" + path_ + "\n");
  EXPECT_THAT(text, HasSubstr("dock.yaml:2:6: error: "));
  EXPECT_THAT(text, HasSubstr("may be read or written by everybody"));
  EXPECT_THAT(text, HasSubstr("chmod 0400"));
}

TEST_F(SecretFile, must_be_a_file_that_is_there) {
  EXPECT_THAT(problems_of("title: x\nkey: !secret file:/nowhere/at/all\n"), HasSubstr("there is no file /nowhere/at/all"));
  EXPECT_THAT(problems_of("title: x\nkey: !secret file:/tmp\n"), HasSubstr("is not a file"));
  EXPECT_THAT(problems_of("title: x\nkey: !secret nothing\n"), HasSubstr("write !secret file:PATH"));
  std::ofstream(path_) << std::string(70'000, 'x');
  ::chmod(path_.c_str(), 0400);
  EXPECT_THAT(problems_of("title: x\nkey: !secret file:" + path_ + "\n"), HasSubstr("larger than 64 KiB"));
}

TEST(Shown, is_read_back_as_the_same_and_hides_secrets) {
  Dock d = read("title: \"a: b # c\"\nkey: !env DOCK_KEY\nramps: {a: {note: 'x'}}\nshare: 12.25%\nwait: 90s\n").dock;
  const std::string text = config::block(dock().shown(d));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, HasSubstr("key: \"***\""));
  EXPECT_THAT(text, HasSubstr("share: 12.25%"));
  EXPECT_THAT(text, Not(HasSubstr("after:"))) << "what does not count is not shown";
  const std::string without_key = text.substr(0, text.find("key:")) + text.substr(text.find('\n', text.find("key:")) + 1);
  const auto again = read(without_key);
  EXPECT_EQ(config::render(again.problems, Format::text), "0 errors\n");
  d.key = Secret();
  EXPECT_EQ(config::block(dock().shown(again.dock)), config::block(dock().shown(d)));
}

TEST(Render, as_json_and_sarif) {
  const auto problems = read("title: x\ncolor: red\n").problems;
  const auto json = nlohmann::json::parse(config::render(problems, Format::json));
  EXPECT_EQ(json["problems"][0]["line"], 2);
  EXPECT_EQ(json["problems"][0]["column"], 1);
  EXPECT_EQ(json["problems"][0]["suggestion"], "did you mean colour?");
  const auto sarif = nlohmann::json::parse(config::render(problems, Format::sarif));
  EXPECT_EQ(sarif["version"], "2.1.0");
  EXPECT_EQ(sarif["runs"][0]["results"][0]["level"], "error");
  const auto& region = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region["startLine"], 2);
  EXPECT_EQ(region["endColumn"], 6);
}

TEST(Render, colours_only_when_asked_and_never_from_the_file) {
  const auto problems = read("title: x\nc\xC3\xB6lor: red\n").problems;
  EXPECT_THAT(config::render(problems, Format::text, false), Not(HasSubstr("\x1b")));
  EXPECT_THAT(config::render(problems, Format::text, true), HasSubstr("\x1b[1;31merror"));
  const std::string hostile = problems_of("title: x\n\"\\x1b[2Jkey\": 1\n");
  EXPECT_THAT(hostile, Not(HasSubstr("\x1b")));
}

TEST(Pages, follow_from_the_declaration) {
  const auto schema = nlohmann::json::parse(config::json_schema(dock().declared(), "dock.yaml"));
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["required"], nlohmann::json::array({"title"}));
  EXPECT_EQ(schema["properties"]["doors"]["maximum"], 64);
  EXPECT_EQ(schema["properties"]["wait"]["default"], "300ms");
  EXPECT_EQ(schema["properties"]["key"]["writeOnly"], true);
  EXPECT_EQ(schema["definitions"]["ramp"]["properties"]["width"]["default"], 3);
  const std::string page = config::reference("Docks", "", {{"dock.yaml", &dock().declared()}});
  EXPECT_THAT(page, HasSubstr("| `doors` | a whole number from 0 to 64 | `4` | How many. |"));
  EXPECT_THAT(page, HasSubstr("Stands at `ramps.<name>`."));
  EXPECT_THAT(page, HasSubstr("Counts only with `use: blue`."));
}

TEST(Pages, the_annotated_file_is_the_defaults) {
  const auto [d, problems] = read(config::annotated(dock().declared(), "x.schema.json"));
  EXPECT_EQ(config::render(problems, Format::text), "0 errors\n");
  Dock defaults;
  defaults.title = "East dock";
  EXPECT_EQ(config::block(dock().shown(d)), config::block(dock().shown(defaults)));
}

}  // namespace
}  // namespace crossdock::dock
