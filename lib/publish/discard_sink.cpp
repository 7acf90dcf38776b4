#include "lib/publish/discard_sink.hpp"

#include "lib/publish/wake_event.hpp"

#include <utility>

namespace walferry::publish {
namespace {

class discard_sink final : public sink_driver {
public:
    void produce(topic_id, std::int32_t, const record&, std::uint64_t ticket) override {
        if (!taken_.empty() && taken_.back().ticket == ticket) {
            ++taken_.back().count;
        } else {
            taken_.push_back({ticket, 1});
        }
        if (!std::exchange(signalled_, true)) {
            wake_.signal();
        }
    }

    bool has_room() const override { return taken_.size() < 1024; }
    int wake_fd() const override { return wake_.fd(); }

    void woken() override {
        wake_.clear();
        signalled_ = false;
    }

    bool poll(sink_events& out) override {
        for (const auto& one : taken_) {
            confirmed_ += one.count;
        }
        out.opened.insert(out.opened.end(), opened_.begin(), opened_.end());
        opened_.clear();
        out.confirmed.insert(out.confirmed.end(), taken_.begin(), taken_.end());
        taken_.clear();
        return false;
    }

    void open_topics(std::vector<topic_request> wanted) override {
        for (auto& one : wanted) {
            opened_.push_back({std::move(one.name), next_topic_++, one.partitions, 0, false});
        }
        wake_.signal();
    }

    void flush() override {}

    sink_statistics statistics() const override { return {0, 0, 1, confirmed_, 0, true}; }

private:
    wake_event wake_;
    std::vector<delivery> taken_;
    std::vector<opened_topic> opened_;
    topic_id next_topic_ = 0;
    std::uint64_t confirmed_ = 0;
    bool signalled_ = false;
};

class discard_factory final : public sink_factory {
public:
    result<std::unique_ptr<sink_driver>> make() override {
        return std::make_unique<discard_sink>();
    }
};

}  // namespace

std::unique_ptr<sink_factory> make_discard_factory() {
    return std::make_unique<discard_factory>();
}

}  // namespace walferry::publish
