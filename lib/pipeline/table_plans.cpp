#include "lib/pipeline/table_plans.hpp"

#include "lib/base/assert.hpp"
#include "lib/encode/type_table.hpp"
#include "lib/route/partitioner.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace walferry::pipeline {
namespace {

publish::topic_request request_for(const std::string& name, const config::topic_settings& topics) {
    return {name, topics.create, topics.partitions, topics.replication_factor, topics.config};
}

observe::operation counted(change::operation what) {
    switch (what) {
        case change::operation::insert:
            return observe::operation::insert;
        case change::operation::update:
            return observe::operation::update;
        case change::operation::delete_row:
            return observe::operation::remove;
        case change::operation::truncate:
            return observe::operation::truncate;
        case change::operation::read:
            return observe::operation::read;
        case change::operation::message:
            return observe::operation::message;
    }
    return observe::operation::message;
}

}  // namespace

table_plans::table_plans(route::table_router router, encode::context global,
                         config::topic_settings topics, std::size_t counted_tables_max)
    : router_(std::move(router)),
      global_(std::move(global)),
      topics_(std::move(topics)),
      counts_(counted_tables_max) {}

result<std::optional<action>> table_plans::announce(const change::relation& table, bool changed) {
    if (plans_.size() <= table.slot) {
        plans_.resize(table.slot + 1);
    }
    bool redefined = changed && plans_[table.slot] != nullptr;
    if (redefined) {
        plans_[table.slot].reset();
    }
    if (plans_[table.slot] != nullptr) {
        return std::nullopt;
    }
    if (!router_.keeps(table)) {
        plans_[table.slot] = std::make_unique<table_plan>();
        return std::nullopt;
    }
    pending_ = &table;
    // What the catalog said of an earlier definition says nothing of this one.
    const auto* known = catalog_.table(table.id);
    described_pending_ = !redefined && known != nullptr && describes(*known, table);
    asked_types_.clear();
    return proceed();
}

std::optional<action> table_plans::missing_descriptions(const change::relation& table) {
    describe question;
    if (!described_pending_) {
        question.tables.push_back(table.id);
    }
    for (const auto& column : table.columns) {
        // A type that the catalog does not have (any more) is asked for once only.
        if (catalog_.type(column.type) == nullptr && asked_types_.insert(column.type).second) {
            question.types.push_back(column.type);
        }
    }
    if (question.tables.empty() && question.types.empty()) {
        return std::nullopt;
    }
    described_pending_ = true;
    asking_catalog_ = true;
    return question;
}

result<std::optional<action>> table_plans::proceed() {
    WALFERRY_ASSERT(pending_ != nullptr);
    if (auto question = missing_descriptions(*pending_)) {
        return question;
    }
    auto route = router_.route(*pending_, catalog_.table(pending_->id));
    if (!route) {
        return tl::unexpected(std::move(route.error()));
    }
    bool has_topic = route->use == config::table_use::changes;
    auto opened = opened_.find(route->topic);
    if (has_topic && opened == opened_.end()) {
        // What is opened ahead answers in between.
        if (std::exchange(asked_topic_, route->topic) == route->topic) {
            return std::nullopt;
        }
        return action{open_topics{{request_for(route->topic, topics_)}}};
    }
    auto made = make_plan(*pending_, *route, has_topic ? &opened->second : nullptr);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    pending_ = nullptr;
    asked_topic_.clear();
    return std::nullopt;
}

result<void> table_plans::make_plan(const change::relation& table, const route::table_route& route,
                                    const publish::opened_topic* topic) {
    encode::table_shape shape;
    shape.use = route.use;
    shape.table = &table;
    shape.description = catalog_.table(table.id);
    shape.types = &catalog_;
    shape.topic = route.topic;
    shape.key = route.key;
    shape.columns = route.columns;
    shape.partition_by = route.partition_by;
    shape.masks = route.masks;
    auto encoder = encode::make_table_encoder(global_, std::move(shape));
    if (!encoder) {
        return tl::unexpected(std::move(encoder.error()));
    }
    auto plan = std::make_unique<table_plan>();
    plan->kept = true;
    plan->table = to_string(table);
    plan->topic_name = route.topic;
    plan->counted_as = counts_.index_of(table.schema + '.' + table.name);
    plan->needs_text = std::any_of(
        table.columns.begin(), table.columns.end(),
        [this](const auto& column) { return encode::needs_text(column.type, catalog_); });
    plan->encoder = std::move(*encoder);
    if (topic != nullptr) {
        plan->topic = topic->id;
        plan->partitions = topic->partitions;
        plan->fixed_partition = route::partition_of(table.name, topic->partitions);
    } else {
        auto by_row = router_.topics_of_rows(table, route.use, catalog_);
        if (!by_row) {
            return tl::unexpected(std::move(by_row.error()));
        }
        plan->by_row = std::move(*by_row);
    }
    plans_[table.slot] = std::move(plan);
    return {};
}

result<std::optional<action>> table_plans::described(change::catalog found) {
    catalog_.merge(std::move(found));
    asking_catalog_ = false;
    return pending_ == nullptr ? result<std::optional<action>>{std::nullopt} : proceed();
}

result<std::optional<action>> table_plans::topics_opened(
    const std::vector<publish::opened_topic>& opened) {
    for (const auto& topic : opened) {
        opened_[topic.name] = topic;
    }
    // The answer to an earlier session's question may come while the catalog is being asked about
    // another table.
    bool for_pending = pending_ != nullptr && !asking_catalog_;
    return for_pending ? proceed() : result<std::optional<action>>{std::nullopt};
}

std::vector<publish::topic_request> table_plans::topics_ahead() const {
    std::set<std::string> names;
    for (const auto& [id, table] : catalog_.tables()) {
        auto name = router_.topic_of(table.schema, table.name);
        if (name && !opened_.contains(*name)) {
            names.insert(std::move(*name));
        }
    }
    std::vector<publish::topic_request> wanted;
    for (const auto& name : names) {
        wanted.push_back(request_for(name, topics_));
        wanted.back().ahead = true;
    }
    return wanted;
}

std::string table_plans::table_of(const std::string& topic) const {
    for (const auto& plan : plans_) {
        if (plan != nullptr && plan->kept && plan->topic_name == topic) {
            return plan->table;
        }
    }
    return {};
}

void table_plans::count(const table_plan& plan, change::operation what) {
    counts_.add(plan.counted_as, counted(what));
}

std::optional<publish::opened_topic> table_plans::topic(const std::string& name) const {
    auto found = opened_.find(name);
    return found == opened_.end() ? std::nullopt : std::optional{found->second};
}

std::string table_plans::waits_for() const {
    if (pending_ == nullptr) {
        return {};
    }
    return asked_topic_.empty() ? "the catalog's word on table " + to_string(*pending_)
                                : "topic " + asked_topic_;
}

result<table_plans::row_destination> table_plans::destination_of(table_plan& plan,
                                                                 const change::relation& table,
                                                                 pgoutput::row row) {
    auto name = router_.topic_of_row(*plan.by_row, table, row);
    if (!name) {
        return tl::unexpected(std::move(name.error()));
    }
    auto opened = opened_.find(**name);
    if (opened == opened_.end()) {
        return row_destination{*name, nullptr};
    }
    if (opened->second.compacted && plan.by_row->use() == config::table_use::event_store) {
        return fail(error_kind::topic_unfit,
                    "topic \"" + **name + "\" is compacted, which would leave of each stream of " +
                        to_string(table) + " its last event only",
                    "kafka-configs --alter --topic " + **name +
                        " --add-config cleanup.policy=delete,retention.ms=-1");
    }
    return row_destination{*name, &opened->second};
}

// History is kept for good, unless the configuration says otherwise.
publish::topic_request table_plans::request_of(const table_plan& plan,
                                               const std::string& name) const {
    auto wanted = request_for(name, topics_);
    if (plan.by_row->use() == config::table_use::event_store) {
        wanted.config.emplace("cleanup.policy", "delete");
        wanted.config.emplace("retention.ms", "-1");
        wanted.config.emplace("retention.bytes", "-1");
    }
    return wanted;
}

void table_plans::new_sink() {
    opened_.clear();
    plans_.clear();
    abandon_question();
}

}  // namespace walferry::pipeline
