#include "lib/publish/broker_errors.hpp"

namespace walferry::publish {
namespace {

error_kind kind_of(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
        case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
            return error_kind::broker_authentication;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return error_kind::broker_authorization;
        case RD_KAFKA_RESP_ERR__TRANSPORT:
        case RD_KAFKA_RESP_ERR__RESOLVE:
        case RD_KAFKA_RESP_ERR__SSL:
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
            return error_kind::broker_unreachable;
        default:
            return fate_of(code) == record_fate::refused ? error_kind::poison_record
                                                         : error_kind::delivery_failed;
    }
}

// Before 2.6.1 librdkafka repeats its nonce, which Kafka 4 refuses as a wrong password.
constexpr int scram_since = 0x020601ff;

std::string credentials_hint() {
    std::string text = "correct sasl.mechanism, sasl.username and sasl.password of sink.kafka";
    if (rd_kafka_version() < scram_since) {
        text +=
            "; Kafka 4 refuses SCRAM of librdkafka before 2.6.1 whatever the password is, and " +
            std::string(rd_kafka_version_str()) +
            " is linked: use PLAIN over TLS or a client's certificate with it";
    }
    return text;
}

std::string hint_for(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            return credentials_hint();
        case RD_KAFKA_RESP_ERR__SSL:
            return "name the authority that signed the brokers' certificates by ssl.ca.location of "
                   "sink.kafka, and the brokers in bootstrap.servers as their certificates do";
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
            return "raise max.message.bytes of the topic (and message.max.bytes of sink.kafka "
                   "above 100 MB)";
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return "a compacted topic takes no record without a key: set events.keys, or "
                   "cleanup.policy=delete";
        case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
            return "raise message.timestamp.before.max.ms and message.timestamp.after.max.ms of "
                   "the "
                   "topic, or compare the clocks of PostgreSQL and Kafka";
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            return "the principal needs WRITE and DESCRIBE on the topic";
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return "the principal needs CREATE on the topic or the cluster, and IDEMPOTENT_WRITE "
                   "on "
                   "the cluster before Kafka 2.8";
        default:
            return {};
    }
}

}  // namespace

record_fate fate_of(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
        case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
        case RD_KAFKA_RESP_ERR__FATAL:
        case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
            return record_fate::follows;
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
            return record_fate::refused;
        default:
            return record_fate::replay;
    }
}

std::string describe(rd_kafka_resp_err_t code) {
    return std::string(rd_kafka_err2name(code)) + " (" + rd_kafka_err2str(code) + ")";
}

error broker_error(rd_kafka_resp_err_t code, std::string_view what) {
    return {kind_of(code), std::string(what) + ": " + describe(code), hint_for(code), {}};
}

error fatal_error(rd_kafka_resp_err_t code, std::string_view reason) {
    error made = broker_error(code, "the Kafka producer cannot go on");
    if (made.kind == error_kind::poison_record) {
        made.kind = error_kind::delivery_failed;
    }
    made.message += ": ";
    made.message += reason;
    return made;
}

}  // namespace walferry::publish
