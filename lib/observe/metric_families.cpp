#include "lib/observe/metric_families.hpp"

#include "lib/base/assert.hpp"
#include "lib/observe/catalogue.hpp"

#include <algorithm>
#include <limits>

namespace walferry::observe {
namespace {

prometheus::MetricType type_of(metric_type type) {
    switch (type) {
        case metric_type::counter:
            return prometheus::MetricType::Counter;
        case metric_type::gauge:
            return prometheus::MetricType::Gauge;
        case metric_type::histogram:
            return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

}  // namespace

prometheus::MetricFamily& metric_families::family(std::string_view name) {
    const auto known = std::find_if(families_.rbegin(), families_.rend(),
                                    [&](const auto& family) { return family.name == name; });
    if (known != families_.rend()) {
        return *known;
    }
    const metric_entry* entry = find_metric(name);
    WALFERRY_ASSERT(entry != nullptr);
    families_.push_back({std::string{name}, std::string{entry->help}, type_of(entry->type), {}});
    return families_.back();
}

void metric_families::add(std::string_view name, double value, labels with) {
    prometheus::MetricFamily& to = family(name);
    prometheus::ClientMetric sample;
    for (const label& each : with) {
        sample.label.push_back({std::string{each.name}, std::string{each.value}});
    }
    if (to.type == prometheus::MetricType::Counter) {
        sample.counter.value = value;
    } else {
        sample.gauge.value = value;
    }
    to.metric.push_back(std::move(sample));
}

void metric_families::add(std::string_view name, const histogram& values) {
    prometheus::ClientMetric sample;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        below += values.count(i);
        sample.histogram.bucket.push_back({below, values.bound(i)});
    }
    sample.histogram.bucket.push_back({values.total(), std::numeric_limits<double>::infinity()});
    sample.histogram.sample_count = values.total();
    sample.histogram.sample_sum = values.sum();
    family(name).metric.push_back(std::move(sample));
}

std::vector<prometheus::MetricFamily> metric_families::take() {
    const metric_entry* first = metric_catalogue().data();
    std::sort(families_.begin(), families_.end(), [&](const auto& left, const auto& right) {
        return find_metric(left.name) - first < find_metric(right.name) - first;
    });
    return std::move(families_);
}

}  // namespace walferry::observe
