#include "cmd/walferry/version.hpp"

#include <boost/version.hpp>
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>

namespace walferry {

std::string program_version() {
    return WALFERRY_VERSION;
}
std::string program_commit() {
    return WALFERRY_COMMIT;
}

std::string libpq_version() {
    int number = PQlibVersion();
    return std::to_string(number / 10000) + '.' + std::to_string(number % 10000);
}

std::string librdkafka_version() {
    return rd_kafka_version_str();
}

std::string version_line() {
    std::string boost =
        std::to_string(BOOST_VERSION / 100000) + '.' + std::to_string(BOOST_VERSION / 100 % 1000);
    return "walferry " + program_version() + " (" + program_commit() + ", libpq " +
           libpq_version() + ", librdkafka " + librdkafka_version() + ", Boost " + boost + ")";
}

}  // namespace walferry
