package io.proxyroute.e2e.demo;

import io.proxyroute.testbed.load.LoadReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the demo observed.
 *
 * @param atStart snapshot taken when the indexer started
 * @param atEnd last snapshot
 * @param indexedPod the pod that received the indexer's searches; empty if no pod counted any
 * @param initialLiveSet live set of the replaced pod before the leak, in MiB; NaN if no pod was replaced
 * @param peakLiveSet its highest live set, in MiB; NaN if no pod was replaced
 * @param loads summary per client
 * @param losses the first lost requests
 */
record DemoResult(
        ClusterSnapshot atStart,
        ClusterSnapshot atEnd,
        Optional<ClusterSnapshot.PodState> indexedPod,
        double initialLiveSet,
        double peakLiveSet,
        Map<String, LoadReport.Summary> loads,
        List<LoadReport.Loss> losses) {}
