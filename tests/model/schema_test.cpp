// The schemas say what the codecs do, and the committed ones are those of the code.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "crossdock/model/envelope.hpp"
#include "shapes_by_name.hpp"

namespace crossdock::test {
namespace {

TEST(Schemas, AreJsonAndNameEachOther) {
  std::set<std::string_view> names;
  for (const Shape* shape : all_shapes()) EXPECT_TRUE(names.insert(name_of(*shape)).second) << name_of(*shape) << " is the name of two";
  for (const Shape* shape : all_shapes()) {
    EXPECT_FALSE(description_of(*shape).empty()) << name_of(*shape);
    std::string text;
    append_schema(*shape, "#/components/schemas/", text);
    json::Document schema;
    ASSERT_FALSE(schema.parse(text)) << name_of(*shape);
    EXPECT_TRUE(schema.duplicates().empty()) << name_of(*shape);
    for (const Shape* nested : shapes_under(*shape)) EXPECT_TRUE(names.contains(name_of(*nested))) << name_of(*nested);
  }
}

TEST(Schemas, SayWhatIsCompulsory) {
  std::string text;
  append_schema(shape_of(Of<OrderRequest>{}), "#/components/schemas/", text);
  json::Document schema;
  ASSERT_FALSE(schema.parse(text));
  std::set<std::string> required;
  for (const json::View name : schema.root().find("required")->children()) required.emplace(name.text());
  EXPECT_EQ(required, (std::set<std::string>{"source", "order_number", "customer", "currency", "lines"}));
  const json::View properties = *schema.root().find("properties");
  EXPECT_EQ(properties.size(), 20U);
  EXPECT_EQ(properties.find("lines")->find("items")->find("$ref")->text(), "#/components/schemas/OrderLineRequest");
  EXPECT_EQ(schema.root().find("additionalProperties")->boolean(), false);
}

TEST(Schemas, AreCommittedAsTheCodeHasThem) {
  for (const CanonicalDocument& document : canonical_documents()) {
    const std::string path = std::string(CROSSDOCK_ROOT) + "/schemas/canonical/" + std::string(document.name) + "/v1.json";
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    EXPECT_EQ(text.str(), standalone_schema(*document.shape, schema_id(document.name))) << "run tools/generate: " << document.name;
  }
}

}  // namespace
}  // namespace crossdock::test
