#pragma once

#include "lib/observe/histogram.hpp"

#include <prometheus/metric_family.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace walferry::observe {

// Collects samples into prometheus-cpp's families, with type and help from the catalogue. Internal
// to the metrics renderer.
class metric_families {
public:
    struct label {
        std::string_view name;
        std::string_view value;
    };
    using labels = std::initializer_list<label>;

    void add(std::string_view name, double value, labels with = {});
    void add(std::string_view name, std::uint64_t value, labels with = {}) {
        add(name, static_cast<double>(value), with);
    }
    void add(std::string_view name, bool value, labels with = {}) {
        add(name, value ? 1.0 : 0.0, with);
    }

    // Nothing when there is no value: a metric that is absent is not known.
    template <typename number>
    void add(std::string_view name, const std::optional<number>& value) {
        if (value) {
            add(name, *value);
        }
    }

    void add(std::string_view name, const histogram& values);

    // In the order of the catalogue.
    std::vector<prometheus::MetricFamily> take();

private:
    prometheus::MetricFamily& family(std::string_view name);

    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace walferry::observe
