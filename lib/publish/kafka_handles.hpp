#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

// Owners of librdkafka's C handles. Private to this folder. Topics, queues and events must be gone
// before their rd_kafka_t, or its destruction waits for ever: declare the handle first.
namespace walferry::publish {

template <auto destroy>
struct destroy_with {
    template <typename handle>
    void operator()(handle* what) const {
        destroy(what);
    }
};

using configuration_handle = std::unique_ptr<rd_kafka_conf_t, destroy_with<rd_kafka_conf_destroy>>;
using topic_configuration_handle =
    std::unique_ptr<rd_kafka_topic_conf_t, destroy_with<rd_kafka_topic_conf_destroy>>;
using client_handle = std::unique_ptr<rd_kafka_t, destroy_with<rd_kafka_destroy>>;
using topic_handle = std::unique_ptr<rd_kafka_topic_t, destroy_with<rd_kafka_topic_destroy>>;
using queue_handle = std::unique_ptr<rd_kafka_queue_t, destroy_with<rd_kafka_queue_destroy>>;
using event_handle = std::unique_ptr<rd_kafka_event_t, destroy_with<rd_kafka_event_destroy>>;
using error_handle = std::unique_ptr<rd_kafka_error_t, destroy_with<rd_kafka_error_destroy>>;
using headers_handle = std::unique_ptr<rd_kafka_headers_t, destroy_with<rd_kafka_headers_destroy>>;
using message_handle = std::unique_ptr<rd_kafka_message_t, destroy_with<rd_kafka_message_destroy>>;
using metadata_handle =
    std::unique_ptr<const rd_kafka_metadata_t, destroy_with<rd_kafka_metadata_destroy>>;
using partition_list_handle = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                              destroy_with<rd_kafka_topic_partition_list_destroy>>;
using new_topic_handle =
    std::unique_ptr<rd_kafka_NewTopic_t, destroy_with<rd_kafka_NewTopic_destroy>>;
using config_resource_handle =
    std::unique_ptr<rd_kafka_ConfigResource_t, destroy_with<rd_kafka_ConfigResource_destroy>>;
using admin_options_handle =
    std::unique_ptr<rd_kafka_AdminOptions_t, destroy_with<rd_kafka_AdminOptions_destroy>>;

}  // namespace walferry::publish
