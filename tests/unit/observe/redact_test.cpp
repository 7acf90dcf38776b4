#include "lib/observe/redact.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace walferry::observe {

TEST_CASE("passwords of URLs are hidden, the rest stays") {
    CHECK(redact_url("postgresql://cdc:s3cret@db1,db2/shop?target_session_attrs=read-write") ==
          "postgresql://cdc:***@db1,db2/shop?target_session_attrs=read-write");
    CHECK(redact_url("postgresql://cdc@db1/shop") == "postgresql://cdc@db1/shop");
    CHECK(redact_url("postgresql://db1:5432/shop") == "postgresql://db1:5432/shop");
    CHECK(redact_url("postgresql:///shop?host=/tmp&user=u&password=s3cret&port=1") ==
          "postgresql:///shop?host=/tmp&user=u&password=***&port=1");
    CHECK(redact_url("https://user:s3cret@registry:8081/path") ==
          "https://user:***@registry:8081/path");
}

TEST_CASE("passwords of keyword strings are hidden") {
    CHECK(redact_url("host=db1 password=s3cret dbname=shop") ==
          "host=db1 password=*** dbname=shop");
    CHECK(redact_url("password='s3 cr\\'et' host = db1") == "password=*** host=db1");
    CHECK(redact_url("host=db1 sslpassword=s3cret passfile=/s3cret") ==
          "host=db1 sslpassword=*** passfile=***");
    CHECK(redact_url("PASSWORD = s3cret") == "PASSWORD=***");
}

TEST_CASE("no malformed string shows its password") {
    for (const char* text : {
             "postgresql://cdc:s3@cret@db1/shop",
             "postgresql://cdc:s3/cret@db1/shop",
             "postgresql://cdc:s3?cret@db1/shop",
             "postgresql://cdc:s3=cret@db1/shop",
             "cdc:s3cret@db1",
             "host=db1 password=s3cret\\ s3cret",
             "password='s3cret",
             "password=s3cret 'and s3cret",
             "postgresql://db1/shop?pass%77ord=s3cret",
             "postgresql://db1/shop?application_name=a:b@c&password=s3cret",
             "postgresql://u:s3cret@db1/shop?application_name=a@c&password=s3cret",
             "host=db1 s3cret",
             "password=x?a://s3cret",
         }) {
        INFO(text << " -> " << redact_url(text));
        CHECK(redact_url(text).find("s3") == std::string::npos);
        CHECK(redact_url(text).find("cret") == std::string::npos);
    }
}

TEST_CASE("a bare database name and an empty string stay") {
    CHECK(redact_url("shop") == "shop");
    CHECK(redact_url("").empty());
}

}  // namespace walferry::observe
