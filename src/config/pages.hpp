// What is generated from declarations: the JSON Schema, the reference page, the annotated file.
#pragma once
#include <string>
#include <vector>

#include "config/struct.hpp"

namespace crossdock::config {

/// JSON Schema, draft 7, for editors: every setting with its help, bounds, default and example.
std::string json_schema(const StructType& root, const std::string& title);

/// A kind of file in the reference page.
struct FilePage {
  std::string file;  ///< "crossdock.yaml"
  const StructType* root;
};
/// Markdown: a table for each struct, once, with the paths where it stands.
std::string reference(const std::string& title, const std::string& introduction, const std::vector<FilePage>& files);

/// YAML with every setting at its default and its help as a comment; what has no default is a comment or its example.
std::string annotated(const StructType& root, const std::string& schema_path);

}  // namespace crossdock::config
