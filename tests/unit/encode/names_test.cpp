#include "lib/encode/names.hpp"

#include <catch2/catch.hpp>

using walferry::config::name_adjustment;
using walferry::encode::adjusted_name;

TEST_CASE("names for Avro") {
    CHECK(adjusted_name("first name", name_adjustment::none) == "first name");
    CHECK(adjusted_name("first name", name_adjustment::avro) == "first_name");
    CHECK(adjusted_name("2x", name_adjustment::avro) == "_2x");
    CHECK(adjusted_name("ä", name_adjustment::avro) == "_");
    CHECK(adjusted_name("a_b", name_adjustment::avro) == "a_b");
    CHECK(adjusted_name("a_ä", name_adjustment::avro_unicode) == "a_u005f_u00e4");
    CHECK(adjusted_name("😀", name_adjustment::avro_unicode) == "_ud83d_ude00");
}
