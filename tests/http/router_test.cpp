#include "http/router.hpp"

#include <gtest/gtest.h>

#include "http/media.hpp"
#include "http/target.hpp"

namespace crossdock::http {
namespace {

FastHandler nothing() {
  return [](Request&) { return Response(); };
}

struct Asked : Request {
  Asked(Method m, std::string_view p) {
    method = m;
    path = p;
  }
};

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router.add_fast(Method::get, "/v1/items/{sku}", nothing());
    router.add_fast(Method::put, "/v1/items/{sku}", nothing());
    router.add_fast(Method::post, "/v1/items/import", nothing());
    router.add_fast(Method::get, "/v1/items", nothing());
    router.add_fast(Method::del, "/v1/orders/{id}/holds/{code}", nothing());
    router.add_fast(Method::get, "/", nothing());
  }
  Router router;
};

TEST_F(RouterTest, finds_by_method_and_path) {
  Asked get(Method::get, "/v1/items/A-100");
  ASSERT_EQ(router.find(get), Router::Found::route);
  EXPECT_EQ(get.route->pattern, "/v1/items/{sku}");
  EXPECT_EQ(get.param("sku"), "A-100");
  Asked list(Method::get, "/v1/items");
  ASSERT_EQ(router.find(list), Router::Found::route);
  EXPECT_EQ(list.route->pattern, "/v1/items");
  Asked root(Method::get, "/");
  EXPECT_EQ(router.find(root), Router::Found::route);
}

TEST_F(RouterTest, an_escaped_slash_stays_in_its_segment) {
  Asked get(Method::get, "/v1/items/a%2Fb%20c");
  ASSERT_EQ(router.find(get), Router::Found::route);
  EXPECT_EQ(get.param("sku"), "a/b c");
  Asked two(Method::get, "/v1/items/a/b");
  EXPECT_EQ(router.find(two), Router::Found::no_path);
}

TEST_F(RouterTest, a_literal_wins_where_it_has_the_method_only) {
  Asked import(Method::post, "/v1/items/import");
  ASSERT_EQ(router.find(import), Router::Found::route);
  EXPECT_EQ(import.route->pattern, "/v1/items/import");
  Asked item_of_that_name(Method::get, "/v1/items/import");
  ASSERT_EQ(router.find(item_of_that_name), Router::Found::route);
  EXPECT_EQ(item_of_that_name.param("sku"), "import");
  EXPECT_EQ(router.allow("/v1/items/import"), "GET, HEAD, POST, PUT, OPTIONS");
}

TEST_F(RouterTest, takes_two_parameters) {
  Asked lift(Method::del, "/v1/orders/7/holds/credit");
  ASSERT_EQ(router.find(lift), Router::Found::route);
  EXPECT_EQ(lift.param("id"), "7");
  EXPECT_EQ(lift.param("code"), "credit");
  EXPECT_EQ(lift.param("none"), "");
}

TEST_F(RouterTest, tells_a_wrong_method_from_a_wrong_path) {
  Asked wrong_method(Method::del, "/v1/items/a");
  EXPECT_EQ(router.find(wrong_method), Router::Found::no_method);
  EXPECT_EQ(router.allow("/v1/items/a"), "GET, HEAD, PUT, OPTIONS");
  for (std::string_view path : {"/v1", "/v1/", "/v1/items/", "/v1//items", "/v1/items/a/", "//", "", "*", "v1/items"}) {
    Asked wrong_path(Method::get, path);
    EXPECT_EQ(router.find(wrong_path), Router::Found::no_path) << path;
    EXPECT_EQ(router.allow(path).empty(), path != "*") << path;
  }
}

TEST_F(RouterTest, head_is_answered_by_get) {
  Asked head(Method::head, "/v1/items");
  ASSERT_EQ(router.find(head), Router::Found::route);
  EXPECT_EQ(head.route->method, Method::get);
}

TEST_F(RouterTest, an_escaped_letter_is_the_letter) {
  Asked spelled(Method::get, "/v1/%69tems");
  EXPECT_EQ(router.find(spelled), Router::Found::route);
}

TEST(Media, accept) {
  const std::vector<std::string_view> json = {kJson};
  auto takes = [&](std::string_view accept) {
    Request request;
    request.headers.accept = accept;
    request.fields.push_back(Field{"Accept", accept});
    return acceptable(request, json);
  };
  for (std::string_view yes :
       {"*/*", "application/json", "Application/JSON;q=0.5", "text/html, */*;q=0.1", "application/*", "text/*, application/json"})
    EXPECT_TRUE(takes(yes)) << yes;
  for (std::string_view no :
       {"text/html", "application/json;q=0", "*/*;q=0.0", "application/xml, text/*", "application/jsonx", "application/*;q=0, */*"})
    EXPECT_FALSE(takes(no)) << no;
}

TEST(Target, decodes) {
  EXPECT_EQ(decoded("a%20b+c", false), "a b+c");
  EXPECT_EQ(decoded("a%20b+c", true), "a b c");
  EXPECT_EQ(decoded("%C3%A9", false), "\xc3\xa9");
  for (std::string_view bad : {"%", "%4", "%4g", "%00", "%0a", "%7f", "%ff", "%c3", "%ed%a0%80"})
    EXPECT_EQ(decoded(bad, false), std::nullopt) << bad;
  EXPECT_EQ(decoded(percent_encoded("a/b \xc3\xa9?&=+%"), true), "a/b \xc3\xa9?&=+%");
  Query query;
  EXPECT_TRUE(parse_query("a=1&&b&c=&=d", query));
  EXPECT_EQ(query, (Query{{"a", "1"}, {"b", ""}, {"c", ""}, {"", "d"}}));
  EXPECT_EQ(split_target("http://h?x=1").path, "/");
  EXPECT_EQ(split_target("http://h?x=1").query, "x=1");
  EXPECT_EQ(split_target("/a?x?y").query, "x?y");
}

}  // namespace
}  // namespace crossdock::http
