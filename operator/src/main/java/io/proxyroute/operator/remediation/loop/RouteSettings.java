package io.proxyroute.operator.remediation.loop;

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

/** What a route's specification means to detection and decision. */
public final class RouteSettings {

    /** From creation to ready, warm-up traffic included; a replacement is expected to take no longer. */
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

    public static DecisionSettings of(ProxyRouteSpec spec, int maxActionsPerHourInCluster) {
        RemediationSpec remediation = spec.remediation();
        return new DecisionSettings(
                detection(spec),
                remediation.guard().minHealthyPercent(),
                remediation.guard().maxActionsPerHour(),
                maxActionsPerHourInCluster,
                remediation.guard().maxSuspectPercent(),
                remediation.guard().cooldown().toJava(),
                remediation.guard().maxCooldown().toJava(),
                remediation.guard().blackoutWindows().stream()
                        .map(RouteSettings::blackout)
                        .toList(),
                remediation.capture().timeout().toJava(),
                remediation.surge().timeout().toJava(),
                remediation.eviction().backoff().toJava(),
                remediation.eviction().timeout().toJava(),
                remediation.verify().samples(),
                remediation.verify().timeout().toJava());
    }

    /** Changes with what the proxies serve and how, and with nothing else: then detection starts over. */
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
                        leak.evaluations(),
                        leak.confirmations(),
                        leak.minGrowthPercent() / 100.0,
                        leak.horizon().toJava(),
                        leak.actWithin().toJava(),
                        drain.plus(START),
                        leak.maxVirtualThreads(),
                        leak.maxThreads()));
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

    /** A window of an unknown time zone is always on: nobody can say when it is not. */
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
