#include "lib/observe/notify.hpp"

#include "lib/observe/escape.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace walferry::observe {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || stop != text.data() + text.size() || value <= 0) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::chrono::microseconds> watchdog_of_environment() {
    const std::string watched = variable("WATCHDOG_PID");
    const auto period = number(variable("WATCHDOG_USEC"));
    if (!period || (!watched.empty() && number(watched) != ::getpid())) {
        return std::nullopt;
    }
    return std::chrono::microseconds{*period};
}

std::string status_line(std::string_view status) {
    std::string line = "STATUS=";
    append_visible(line, status);
    return line;
}

}  // namespace

service_notifier::service_notifier()
    : service_notifier(variable("NOTIFY_SOCKET"), watchdog_of_environment()) {}

service_notifier::service_notifier(std::string socket_path,
                                   std::optional<std::chrono::microseconds> watchdog)
    : path_(std::move(socket_path)) {
    const bool usable = !path_.empty() && (path_[0] == '/' || path_[0] == '@') &&
                        path_.size() < sizeof(sockaddr_un{}.sun_path);
    if (!usable) {
        return;
    }
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (watchdog) {
        interval_ = *watchdog / 2;
    }
}

service_notifier::~service_notifier() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void service_notifier::ready(std::string_view status) {
    send("READY=1\n" + status_line(status));
}

void service_notifier::status(std::string_view status) {
    send(status_line(status));
}

void service_notifier::watchdog() {
    send("WATCHDOG=1");
}

void service_notifier::stopping(std::string_view status) {
    send("STOPPING=1\n" + status_line(status));
}

void service_notifier::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void service_notifier::send(std::string_view message) {
    if (!active()) {
        return;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    if (path_[0] == '@') {
        address.sun_path[0] = 0;  // the abstract namespace: no final NUL counts
    }
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
    const auto* where = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    ::sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL, where, length);
}

}  // namespace walferry::observe
