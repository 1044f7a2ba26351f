package io.proxyroute.operator.remediation.loop;

import io.proxyroute.api.v1alpha1.GuardSpec;
import io.proxyroute.api.v1alpha1.GuardSpec.BlackoutWindow;
import io.proxyroute.api.v1alpha1.LeakDetectionSpec;
import io.proxyroute.api.v1alpha1.ProxyRouteSpec;
import io.proxyroute.api.v1alpha1.RemediationSpec;
import io.proxyroute.api.v1alpha1.ThresholdSpec;
import io.proxyroute.operator.remediation.decision.Blackout;
import io.proxyroute.operator.remediation.decision.DecisionSettings;
import io.proxyroute.operator.remediation.detection.DetectionSettings;
import io.proxyroute.operator.remediation.detection.LeakSettings;
import io.proxyroute.operator.remediation.detection.Signal;
import io.proxyroute.operator.remediation.detection.ThresholdRule;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Translates a route's specification into the settings of detection and decision. */
public final class RouteSettings {

    /** Expected time from the creation of a replacement until it is ready and warm. */
    private static final Duration START = Duration.ofSeconds(15);

    private static final Map<BlackoutWindow.Day, DayOfWeek> DAYS = Map.of(
            BlackoutWindow.Day.Mon, DayOfWeek.MONDAY,
            BlackoutWindow.Day.Tue, DayOfWeek.TUESDAY,
            BlackoutWindow.Day.Wed, DayOfWeek.WEDNESDAY,
            BlackoutWindow.Day.Thu, DayOfWeek.THURSDAY,
            BlackoutWindow.Day.Fri, DayOfWeek.FRIDAY,
            BlackoutWindow.Day.Sat, DayOfWeek.SATURDAY,
            BlackoutWindow.Day.Sun, DayOfWeek.SUNDAY);

    private RouteSettings() {}

    /**
     * The settings of a route.
     *
     * @param maxActionsPerHourInCluster limit of this installation, for all routes together
     */
    public static DecisionSettings of(ProxyRouteSpec spec, int maxActionsPerHourInCluster) {
        RemediationSpec remediation = spec.remediation();
        GuardSpec guard = remediation.guard();
        return new DecisionSettings(
                detection(spec),
                new DecisionSettings.GuardSettings(
                        guard.minHealthyPercent(),
                        guard.maxSuspectPercent(),
                        guard.maxActionsPerHour(),
                        maxActionsPerHourInCluster,
                        guard.cooldown().toJava(),
                        guard.maxCooldown().toJava(),
                        guard.blackoutWindows().stream()
                                .map(RouteSettings::blackout)
                                .toList()),
                remediation.capture().timeout().toJava(),
                remediation.surge().timeout().toJava(),
                new DecisionSettings.Eviction(
                        remediation.eviction().backoff().toJava(),
                        remediation.eviction().timeout().toJava()),
                new DecisionSettings.Verify(
                        remediation.verify().samples(),
                        remediation.verify().timeout().toJava()));
    }

    /** Changes only if what the proxies serve, or how, changes. Detection then restarts. */
    static String specKey(ProxyRouteSpec spec) {
        return Integer.toHexString(Objects.hash(
                spec.listeners(), spec.rules(), spec.connectionPool().toString(), spec.timeouts()));
    }

    private static DetectionSettings detection(ProxyRouteSpec spec) {
        RemediationSpec remediation = spec.remediation();
        LeakDetectionSpec leak = remediation.leakDetection();
        Duration drain = spec.proxy()
                .drain()
                .delay()
                .toJava()
                .plus(spec.proxy().drain().timeout().toJava());
        return new DetectionSettings(
                remediation.pollInterval().toJava(),
                remediation.staleAfter().toJava(),
                remediation.thresholds().stream().map(RouteSettings::rule).toList(),
                new LeakSettings(
                        leak.enabled(),
                        leak.sampleInterval().toJava(),
                        leak.warmUp().toJava(),
                        leak.window().toJava(),
                        leak.minSamples(),
                        leak.minGrowthPercent() / 100.0,
                        new LeakSettings.Confirmation(leak.evaluations(), leak.confirmations()),
                        new LeakSettings.Urgency(
                                leak.horizon().toJava(), leak.actWithin().toJava(), drain.plus(START)),
                        new LeakSettings.ThreadLimits(leak.maxVirtualThreads(), leak.maxThreads())));
    }

    private static ThresholdRule rule(ThresholdSpec threshold) {
        Signal signal =
                switch (threshold.metric()) {
                    case Heap -> Signal.HEAP;
                    case LiveSet -> Signal.LIVE_SET;
                    case Threads -> Signal.THREADS;
                    case VirtualThreads -> Signal.VIRTUAL_THREADS;
                    case Connections -> Signal.CONNECTIONS;
                    case PoolInUse -> Signal.POOL_IN_USE;
                };
        return new ThresholdRule(
                threshold.name() == null ? threshold.metric().name() : threshold.name(),
                signal,
                threshold.above() != null
                        ? new ThresholdRule.Above(threshold.above())
                        : new ThresholdRule.GrowingPerMinute(threshold.growthPerMinute()),
                threshold.duration().toJava(),
                switch (threshold.action()) {
                    case Observe -> ThresholdRule.Action.OBSERVE;
                    case Recommend -> ThresholdRule.Action.RECOMMEND;
                    case Replace -> ThresholdRule.Action.REPLACE;
                });
    }

    /** A window with an unknown time zone is always active, since it is unknown when it ends. */
    private static Blackout blackout(BlackoutWindow window) {
        try {
            return new Blackout(
                    window.days().stream().map(DAYS::get).collect(Collectors.toSet()),
                    LocalTime.parse(window.start()),
                    window.duration().toJava(),
                    ZoneId.of(window.timeZone()));
        } catch (DateTimeException e) {
            return new Blackout(Set.of(), LocalTime.MIDNIGHT, Duration.ofDays(1), ZoneOffset.UTC);
        }
    }
}
