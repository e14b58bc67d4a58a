// Declarations as a file to start from: every setting at its default, its help above it.
#include <fmt/format.h>

#include <set>

#include "config/pages.hpp"

namespace crossdock::config {
namespace {

constexpr std::size_t width = 110;

void append_comment(std::string& out, const std::string& text, const std::string& margin) {
  std::string line = margin + "#";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (line.size() + 1 + end - at > width) {
      out += line + "\n";
      line = margin + "#";
    }
    line += " " + text.substr(at, end - at);
    at = end + 1;
  }
  out += line + "\n";
}

/// `name: value` of a setting that is not made, each line a comment.
void append_example(std::string& out, const std::string& name, const std::string& example, const std::string& margin) {
  const bool lines = example.find('\n') != std::string::npos;
  std::string text = name + ":" + (lines ? "\n" : " ") + example;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += margin + "# " + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
}

class Writer {
 public:
  void settings(const StructType& type, const void* object, int indent) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    for (const Setting& setting : type.settings()) {
      if (indent == 0) out_ += "\n";
      const bool fresh = helped_.insert(setting.name + setting.help).second;
      const auto only =
          setting.only_if ? fmt::format(" Counts only with {}: {}.", setting.only_if->key, fmt::join(setting.only_if->words, " or ")) : "";
      if (fresh) append_comment(out_, setting.help + only, margin);
      one(setting, object, indent, margin, fresh, type.counts(setting, object));
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void one(const Setting& setting, const void* object, int indent, const std::string& margin, bool fresh, bool counts) {
    const Shown shown = shown_member(setting, object);
    const bool absent = shown.kind == Shown::Kind::none || (shown.children.empty() && shown.text.empty());
    if (!counts) {
      if (fresh) append_example(out_, setting.name, flow(shown), margin);
      return;
    }
    if (setting.required && absent) {
      out_ += margin + setting.name + ": " + setting.example + "\n";
      return;
    }
    if (absent) {
      if (fresh && !setting.example.empty()) append_example(out_, setting.name, setting.example, margin);
      return;
    }
    const auto* inner = dynamic_cast<const StructType*>(setting.type.get());
    const bool explained = inner != nullptr && !said_.insert(inner).second;
    if (inner == nullptr || explained) {
      out_ += margin + setting.name + ": " + flow(shown) + "\n";
    } else {
      out_ += margin + setting.name + ":\n";
      settings(*inner, setting.member(const_cast<void*>(object)), indent + 2);
    }
  }

  std::string out_;
  std::set<const StructType*> said_;  // structs already explained: their next values stand in one line
  std::set<std::string> helped_;      // settings explained in another struct
};

}  // namespace

std::string annotated(const StructType& root, const std::string& schema_path) {
  std::string head = fmt::format("# yaml-language-server: $schema={}\n", schema_path);
  append_comment(head, root.summary(), "");
  head += "# Made from the declarations by tools/generate: every setting, at its default.\n";
  Writer writer;
  writer.settings(root, root.fresh().get(), 0);
  return head + writer.take();
}

}  // namespace crossdock::config
