#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace walferry::observe {

// Tells systemd how we are: sd_notify(3) datagrams without libsystemd. Without $NOTIFY_SOCKET every
// call does nothing. Never blocks; a datagram that systemd cannot take is lost. Life: one, made by
// main. Reads the environment once, in the constructor.
class service_notifier {
public:
    service_notifier();  // NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the environment
    service_notifier(std::string socket_path, std::optional<std::chrono::microseconds> watchdog);
    ~service_notifier();

    service_notifier(const service_notifier&) = delete;
    service_notifier& operator=(const service_notifier&) = delete;

    bool active() const { return descriptor_ >= 0; }

    // How often to call watchdog(): half of what systemd waits. Nothing: it does not watch.
    std::optional<std::chrono::microseconds> watchdog_interval() const { return interval_; }

    void ready(std::string_view status);   // start-up or a reload is over
    void status(std::string_view status);  // one line for `systemctl status`
    void watchdog();
    void stopping(std::string_view status);
    void reloading();

private:
    void send(std::string_view message);

    std::string path_;
    std::optional<std::chrono::microseconds> interval_;
    int descriptor_ = -1;
};

}  // namespace walferry::observe
