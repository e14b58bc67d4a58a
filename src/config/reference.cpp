// Declarations as a page of Markdown: each struct once, in the order in which it is met.
#include <fmt/format.h>

#include <algorithm>

#include "config/pages.hpp"

namespace crossdock::config {
namespace {

struct Section {
  const StructType* type;
  std::vector<std::string> places;
};

/// The structs inside a type, with the path parts that lead there ("<name>" for a map's).
void structs_of(const Type& type, const std::string& path, std::vector<std::pair<const StructType*, std::string>>& out) {
  if (const auto* inner = dynamic_cast<const StructType*>(&type)) {
    out.emplace_back(inner, path);
    return;
  }
  const bool map = type.words().starts_with("a map");
  for (const Type* next : type.inner()) structs_of(*next, map ? path + ".<name>" : path, out);
}

void collect(const StructType& type, const std::string& path, std::vector<Section>& sections) {
  const auto known = std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.type == &type; });
  if (known != sections.end()) {
    known->places.push_back(path);
    return;
  }
  sections.push_back({&type, {path}});
  for (const Setting& setting : type.settings()) {
    std::vector<std::pair<const StructType*, std::string>> found;
    structs_of(*setting.type, path.empty() ? setting.name : path + "." + setting.name, found);
    for (const auto& [inner, place] : found) collect(*inner, place, sections);
  }
}

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.replace(at, 1, "\\|");
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) text.replace(at, 1, " ");
  return text;
}

std::string fallback(const Setting& setting, const void* defaults) {
  if (setting.required) return "required";
  const Shown shown = shown_member(setting, defaults);
  if (shown.kind == Shown::Kind::map) return shown.children.empty() ? "none" : "see below";
  const std::string text = flow(shown);
  return text.empty() || text == "\"\"" || text == "[]" ? "none" : fmt::format("`{}`", text);
}

void append_table(std::string& out, const StructType& type) {
  const auto defaults = type.fresh();
  out += "| setting | value | default | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : type.settings()) {
    std::string help = setting.help;
    if (setting.only_if)
      help += fmt::format(" Counts only with `{}: {}`.", setting.only_if->key, fmt::join(setting.only_if->words, "` or `"));
    if (!setting.example.empty() && setting.example.find('\n') == std::string::npos)
      help += fmt::format(" Example: `{}`.", setting.example);
    out += fmt::format("| `{}` | {} | {} | {} |\n", setting.name, cell(setting.type->words()), cell(fallback(setting, defaults.get())),
                       cell(help));
  }
  out += "\n";
}

void append_section(std::string& out, const Section& section) {
  if (section.places.front().empty()) {
    out += section.type->summary() + "\n\n";
  } else {
    out += fmt::format("### {}\n\n{}\n\nStands at `{}`.\n\n", section.type->name(), section.type->summary(),
                       fmt::join(section.places, "`, `"));
  }
  append_table(out, *section.type);
}

}  // namespace

std::string reference(const std::string& title, const std::string& introduction, const std::vector<FilePage>& files) {
  std::string out = "# " + title + "\n\n" + introduction;
  for (const FilePage& file : files) {
    std::vector<Section> sections;
    collect(*file.root, "", sections);
    out += fmt::format("\n## {}\n\n", file.file);
    for (const Section& section : sections) append_section(out, section);
    while (out.ends_with("\n\n")) out.pop_back();
  }
  return out;
}

}  // namespace crossdock::config
