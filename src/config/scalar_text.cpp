// Texts, secrets, words of a closed set, and spellings of one's own.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "config/scalars.hpp"
#include "crossdock/base/mistakes.hpp"

namespace crossdock::config {
namespace {

constexpr std::size_t longest_text = 4096;  // std::regex recurses: no long text may reach it

class TextType final : public ScalarType {
 public:
  TextType(std::string pattern, std::string words) : pattern_(std::move(pattern)), words_(std::move(words)), regex_(pattern_) {}
  std::string words() const override { return words_; }
  Shown shown(const void* value) const override { return Shown::of_text(*static_cast<const std::string*>(value)); }
  Json schema(Definitions&) const override {
    Json out{{"type", "string"}};
    if (!pattern_.empty()) out["pattern"] = "^(?:" + pattern_ + ")$";
    return out;
  }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    if (text.size() > longest_text) return fmt::format("longer than {} characters", longest_text);
    if (text.empty()) return fmt::format("empty; expected {}", words_);
    if (!pattern_.empty() && !std::regex_match(text, regex_)) return fmt::format("expected {}", words_);
    *static_cast<std::string*>(out) = text;
    return {};
  }

 private:
  std::string pattern_, words_;
  std::regex regex_;
};

class SecretType final : public ScalarType {
 public:
  SecretType(bool plain, std::string pattern, std::string words)
      : plain_(plain), pattern_(std::move(pattern)), words_(std::move(words)), regex_(pattern_) {}
  std::string words() const override { return words_; }
  Shown shown(const void* value) const override { return static_cast<const Secret*>(value)->empty() ? Shown{} : Shown::of_text("***"); }
  Json schema(Definitions&) const override { return {{"type", "string"}, {"writeOnly", true}}; }

 protected:
  bool takes_secret_files() const override { return true; }
  bool takes_plain_text() const override { return plain_; }
  std::string parse(const std::string& text, void* out) const override {
    if (text.empty()) return "the secret is empty";
    if (text.size() > longest_text) return fmt::format("longer than {} characters", longest_text);
    if (!pattern_.empty() && !std::regex_match(text, regex_)) return fmt::format("expected {}", words_);
    *static_cast<Secret*>(out) = Secret(text);
    return {};
  }

 private:
  bool plain_;
  std::string pattern_, words_;
  std::regex regex_;
};

class WordsType final : public ScalarType {
 public:
  WordsType(std::vector<Word> words, int (*get)(const void*), void (*set)(void*, int)) : words_(std::move(words)), get_(get), set_(set) {}
  std::string words() const override {
    std::string out = words_.size() == 1 ? "the word " : "one of ";
    for (std::size_t i = 0; i < words_.size(); ++i) out += (i > 0 ? ", " : "") + words_[i].word;
    return out;
  }
  Shown shown(const void* value) const override {
    const auto found = std::find_if(words_.begin(), words_.end(), [&](const Word& w) { return w.value == get_(value); });
    return found == words_.end() ? Shown{} : Shown::of_text(found->word);
  }
  Json schema(Definitions&) const override {
    Json list = Json::array(), helps = Json::array();
    for (const Word& w : words_) {
      list.push_back(w.word);
      helps.push_back(w.help);
    }
    return {{"type", "string"}, {"enum", std::move(list)}, {"markdownEnumDescriptions", std::move(helps)}};
  }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    const auto found = std::find_if(words_.begin(), words_.end(), [&](const Word& w) { return w.word == text; });
    if (found == words_.end()) return fmt::format("expected {}", words());
    set_(out, found->value);
    return {};
  }
  std::string suggestion(const std::string& text) const override {
    std::vector<std::string_view> known;
    known.reserve(words_.size());
    for (const Word& w : words_) known.push_back(w.word);
    const std::string near = nearest(text, known);
    return near.empty() ? "" : fmt::format("did you mean {}?", near);
  }

 private:
  std::vector<Word> words_;
  int (*get_)(const void*);
  void (*set_)(void*, int);
};

class SpelledType final : public ScalarType {
 public:
  explicit SpelledType(Spelling spelling) : spelling_(std::move(spelling)) {}
  std::string words() const override { return spelling_.words; }
  Shown shown(const void* value) const override { return Shown::of_text(spelling_.show(value)); }
  Json schema(Definitions&) const override { return {{"type", "string"}, {"pattern", "^(?:" + spelling_.pattern + ")$"}}; }

 protected:
  std::string parse(const std::string& text, void* out) const override { return spelling_.parse(text, out); }

 private:
  Spelling spelling_;
};

}  // namespace

Typed<std::string> text() { return {std::make_shared<TextType>("", "a text")}; }
Typed<std::string> text_like(std::string pattern, std::string words) {
  return {std::make_shared<TextType>(std::move(pattern), std::move(words))};
}
Typed<std::string> name() { return text_like("[a-z][a-z0-9_-]{0,62}", "a name of lower-case letters, digits, _ and -, from a letter"); }
Typed<std::string> address() {
  const std::string port = "([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
  return text_like(R"(([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):)" + port, "an address such as 127.0.0.1:8080 or [::1]:8080, port 0 to 65535");
}
Typed<std::string> url() {
  return text_like(R"(https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^\s?#@]*)?)", "a URL such as https://erp.internal");
}
Typed<Secret> secret() { return {std::make_shared<SecretType>(false, "", "a secret: !env NAME or !secret file:PATH")}; }
Typed<Secret> readable_secret(std::string pattern, std::string words) {
  return {std::make_shared<SecretType>(true, std::move(pattern), std::move(words))};
}
TypePtr words_type(std::vector<Word> words, int (*get)(const void*), void (*set)(void*, int)) {
  return std::make_shared<WordsType>(std::move(words), get, set);
}
TypePtr spelled_type(Spelling spelling) { return std::make_shared<SpelledType>(std::move(spelling)); }

}  // namespace crossdock::config
