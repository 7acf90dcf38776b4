#include "tests/simulation/process_settings.hpp"

#include "tests/simulation/violation.hpp"
#include "tests/support/spool_storage.hpp"

namespace walferry::simulation {
namespace {

class spool_disk final : public spool::storage {
public:
    explicit spool_disk(environment& around) : around_(around), memory_(watch_) {}

    result<void> write(std::uint64_t at, std::string_view what) override {
        const bool fails = around_.how.spool_fails != 0 && !around_.calm &&
                           around_.random.chance(around_.how.spool_fails);
        if (fails) {
            return fail(error_kind::output_failed, "the disk is full");
        }
        return memory_.write(at, what);
    }
    result<void> read(std::uint64_t at, char* to, std::size_t count) override {
        return memory_.read(at, to, count);
    }
    void discard(std::uint64_t at, std::uint64_t count) override { memory_.discard(at, count); }

private:
    environment& around_;
    test::memory_storage::watch watch_;
    test::memory_storage memory_;
};

}  // namespace

config::settings settings_for(const plan& how, bool accept_gap) {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    auto in_ms = [](virtual_time at) {
        return std::chrono::milliseconds{static_cast<std::int64_t>(at / ms)};
    };
    config::settings made;
    made.snapshot.mode = config::snapshot_mode::never;
    made.name = "sim";
    made.source.slot = "walferry_sim";
    made.source.tables = {"public.orders", "public.people"};
    made.source.acknowledge_interval = in_ms(how.acknowledge_interval);
    made.source.status_interval = in_ms(how.status_interval);
    made.shutdown_timeout = in_ms(how.shutdown_timeout);
    made.topics.partitions = static_cast<int>(how.partitions);
    // Without a topic they count as changes and go nowhere.
    made.source.messages = {how.messages == 0 ? "!*" : std::string{"!"} + other_prefix};
    made.accept_gap = accept_gap;
    made.on_poison = how.on_poison;
    made.dead_letter_topic = "sim.dead_letter";
    if (how.streams != 0) {
        made.source.streaming = config::streaming_mode::on;
        made.source.spool_memory_bytes = how.spool_memory;
        made.source.spool_disk_bytes = how.spool_disk;
    }
    return made;
}

pipeline::table_plans plans_for(const config::settings& settings) {
    auto router = route::table_router::make(settings);
    require(router.has_value(), "the router refuses the configuration");
    encode::context global;
    global.name = settings.name;
    global.events = &settings.events;
    return {std::move(*router), global, settings.topics};
}

pipeline::side_topics side_for(const config::settings& settings) {
    auto made = pipeline::side_topics::make(settings);
    require(made.has_value(), "the side topics refuse the configuration");
    return std::move(*made);
}

std::unique_ptr<spool::storage> spool_for(environment& around) {
    return std::make_unique<spool_disk>(around);
}

}  // namespace walferry::simulation
