#include "lib/config/connection_text.hpp"

#include <catch2/catch.hpp>

namespace walferry::config {

TEST_CASE("the database stands in URIs and keyword strings") {
    CHECK(database_of("postgresql://cdc@db1,db2/shop?target_session_attrs=read-write") == "shop");
    CHECK(database_of("postgres://u:p@[::1]:5432/my%20db") == "my db");
    CHECK(database_of("postgresql:///shop?host=/run/postgresql") == "shop");
    CHECK(database_of("postgresql://h/a?dbname=b") == "b");
    CHECK(database_of("postgresql://h").empty());
    CHECK(database_of("postgresql://h/").empty());
    CHECK(database_of("postgresql://").empty());
    CHECK(database_of("host=h dbname=shop user=u") == "shop");
    CHECK(database_of("dbname = 'my \\'shop\\''") == "my 'shop'");
    CHECK(database_of("password='dbname=x' dbname=y") == "y");
    CHECK(database_of("").empty());
}

TEST_CASE("passwords are hidden in URIs") {
    CHECK(without_password("postgresql://cdc:secret@h:5432/shop") ==
          "postgresql://cdc:***@h:5432/shop");
    CHECK(without_password("postgres://u:p@ss/w?rd@h/db") == "postgres://u:***@h/db");
    CHECK(without_password("postgresql://h/db?user=u&password=secret&sslmode=require") ==
          "postgresql://h/db?user=u&password=***&sslmode=require");
    CHECK(without_password("postgresql://h/db?sslpassword=a") ==
          "postgresql://h/db?sslpassword=***");
    CHECK(without_password("postgresql://cdc@h:5432/shop") == "postgresql://cdc@h:5432/shop");
    CHECK(without_password("postgresql://h:5432/db?user=a@b") == "postgresql://h:5432/db?user=a@b");
    CHECK(without_password("postgresql://u:a?b@h") == "postgresql://u:***@h");
    CHECK(without_password("postgresql://u:1234@h/db") == "postgresql://u:***@h/db");
    CHECK(without_password("postgresql://u@h:1/db?application_name=a@b") ==
          "postgresql://u@h:1/db?application_name=a@b");
    CHECK(without_password("postgresql://u@corp:secret@h/db") == "postgresql://u@corp:***@h/db");
}

TEST_CASE("passwords are hidden in keyword strings") {
    CHECK(without_password("host=h password=secret user=u") == "host=h password=*** user=u");
    CHECK(without_password("host=h password = 'se cr\\'et' user=u") ==
          "host=h password = *** user=u");
    CHECK(without_password("password='open") == "password=***");
    CHECK(without_password("passfile=/x host=h") == "passfile=/x host=h");
    CHECK(without_password("") == "");
}

}  // namespace walferry::config
