#include "lib/observe/metrics.hpp"

#include "lib/observe/catalogue.hpp"
#include "tests/unit/observe/sample_facts.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

namespace walferry::observe {
namespace {

using Catch::Matchers::Contains;

// Everything that may be absent is there.
stream_facts full_facts() {
    auto facts = healthy_facts();
    facts.slot.safe_bytes = 9;
    facts.slot.spilled_bytes = 1;
    facts.slot.streamed_bytes = 1;
    facts.source.last_event_at = facts.taken_at;
    facts.source.commit_to_receive.add(0.002);
    facts.source.commit_to_receive.add(1000);
    facts.sink.latency.add(0.002);
    facts.reload.at = facts.taken_at;
    facts.source.reconnects[error_kind::connection_lost] = 3;
    facts.error_totals[error_kind::connection_lost] = 4;
    return facts;
}

std::string rendered(const stream_facts& facts) {
    return render_metrics(facts, read_process());
}

}  // namespace

TEST_CASE("the metrics of full facts are exactly those of the catalogue") {
    std::istringstream lines{rendered(full_facts())};
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            std::istringstream words{line.substr(7)};
            std::string name;
            std::string type;
            words >> name >> type;
            CHECK(names.insert(name).second);
            REQUIRE(find_metric(name) != nullptr);
            CHECK(type == name_of(find_metric(name)->type));
        }
    }
    for (const metric_entry& entry : metric_catalogue()) {
        INFO(entry.name);
        CHECK(names.contains(std::string{entry.name}));
    }
}

TEST_CASE("values arrive under their labels, and labels are escaped") {
    const std::string text = rendered(full_facts());
    for (const char* line : {
             "walferry_up_state{state=\"streaming\"} 1\n",
             "walferry_up_state{state=\"stopped\"} 0\n",
             "walferry_ready 1\n",
             "walferry_lag_bytes{stage=\"publish\"} 200\n",
             "walferry_lsn_bytes{point=\"acknowledged\"} 300\n",
             "walferry_events_total{table=\"public.orders\",op=\"insert\"} 5\n",
             "walferry_events_total{table=\"public.\\\"quoted\\\\name\\\"\",op=\"update\"} 2\n",
             "walferry_events_total{table=\"other\",op=\"delete\"} 1\n",
             "walferry_errors_total{kind=\"connection_lost\",directive=\"retry\"} 4\n",
             "walferry_errors_total{kind=\"slot_lost\",directive=\"protect\"} 0\n",
             "walferry_source_reconnects_total{reason=\"connection_lost\"} 3\n",
             "walferry_commit_to_receive_seconds_bucket{le=\"0.0025\"} 1\n",
             "walferry_commit_to_receive_seconds_bucket{le=\"+Inf\"} 2\n",
             "walferry_commit_to_receive_seconds_count 2\n",
         }) {
        CHECK_THAT(text, Contains(line));
    }
}

TEST_CASE("what is not known is absent and not zero") {
    const std::string text = rendered({});
    CHECK_THAT(text, !Contains("walferry_lsn_bytes"));
    CHECK_THAT(text, !Contains("walferry_slot_retained_wal_bytes"));
    CHECK_THAT(text, !Contains("walferry_slot_safe_wal_bytes"));
    CHECK_THAT(text, !Contains("walferry_source_info"));
    CHECK_THAT(text, Contains("walferry_sink_events_sent_total 0\n"));
}

TEST_CASE("the process tells of itself") {
    const process_facts process = read_process();
    CHECK(process.resident_bytes > 1'000'000);
    CHECK(process.open_descriptors >= 3);
    CHECK(process.threads >= 1);
}

TEST_CASE("promtool has nothing to say, where it is installed") {
    if (std::system("promtool --version >/dev/null 2>&1") != 0) {
        WARN("promtool is not installed: not linted");
        return;
    }
    std::FILE* lint = ::popen("promtool check metrics", "w");
    REQUIRE(lint != nullptr);
    const std::string text = rendered(full_facts());
    CHECK(std::fwrite(text.data(), 1, text.size(), lint) == text.size());
    CHECK(::pclose(lint) == 0);
}

}  // namespace walferry::observe
