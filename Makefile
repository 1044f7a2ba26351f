# One command for each habit; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

MVN = tools/with-jdk mvn -B -ntp
CLUSTER_SCRIPT = e2e/local-cluster/cluster
# Base image: by default a tar built from this machine's JDK; can be an image in a registry.
BASE_IMAGE ?= tar://$(shell $(CLUSTER_SCRIPT) base-image)
IMAGES = -Pimages -Dimage.base=$(BASE_IMAGE)
# Runs a main class of the e2e module; the module selects the cluster. COLUMNS is the width of the terminal.
E2E = COLUMNS=$${COLUMNS:-$$({ stty size </dev/tty | cut -d ' ' -f 2; } 2>/dev/null)} tools/with-jdk java -Dlogback.configurationFile=logback-e2e.xml --enable-native-access=ALL-UNNAMED -cp "e2e/target/classes:$$(cat e2e/target/classpath)"

.PHONY: help build check test e2e language cluster-needs format cluster-up cluster-down cluster-test images deploy proxy demo demo-picture chaos churn rogue bench bench-ab hostile counts

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile and package all modules without tests
	@tools/maven-step "Build" package -DskipTests

check: language ## the fast tests: unit, property, architecture, language; no cluster
	@tools/check-docs
	$(call tested,$(MVN) spotless:check test)

test: language cluster-needs ## run all tests: `check`, then the end-to-end tests on a real cluster
	$(call tested,$(MVN) --fail-at-end spotless:check verify $(IMAGES) -Pcluster)

e2e: cluster-needs images ## run the end-to-end tests; one class: make e2e IT=RouteIT
	$(call tested,$(MVN) -q -pl e2e -am verify -Pcluster -DskipUnitTests $(if $(IT),-Dit.test=$(IT) -Dfailsafe.failIfNoSpecifiedTests=false))

language: ## find phrases that plain English does without; COMMENTS=1 lists those in comments too
	@tools/language/test
	@tools/with-jdk java -XX:TieredStopAtLevel=1 tools/language/LanguageCheck.java $(if $(COMMENTS),--comments) .

# Fails early if a prerequisite is missing, and builds Kubernetes if needed.
cluster-needs:
	@tools/cluster-needs

format: ## format the sources
	$(MVN) -q spotless:apply

cluster-up: ## start the native single-node cluster (its name: CLUSTER_NAME)
	$(CLUSTER_SCRIPT) up

cluster-down: ## remove the native cluster and all its data
	$(CLUSTER_SCRIPT) down

cluster-test: ## test the native cluster itself, with two extra clusters
	e2e/local-cluster/test

images: ## build the images as tars in */target, and load them if the native cluster is up
	@tools/maven-step "Images" package -DskipTests $(IMAGES)
	@! $(CLUSTER_SCRIPT) status >/dev/null 2>&1 || $(CLUSTER_SCRIPT) load */target/jib-image.tar

deploy: ## install CRDs and operator with the current kubeconfig
	kubectl apply --server-side -k manifests/base
	kubectl wait --for=condition=Established crd/proxyroutes.proxyroute.io crd/remediationruns.proxyroute.io
	@# Refresh the cached API resources of kubectl, so that it knows the short names pxr and rrun.
	kubectl api-resources --api-group=proxyroute.io

proxy: ## run a proxy on this machine, without a cluster: make proxy CONFIG=DIR
	@[[ -d "$(CONFIG)" ]] || { echo "CONFIG must be a directory that contains config.json: make proxy CONFIG=DIR"; exit 2; }
	@tools/maven-step "Proxy" -pl proxy-runtime -am package -DskipTests dependency:build-classpath -Dmdep.outputFile=target/classpath
	@tools/with-jdk java -cp "proxy-runtime/target/classes:$$(cat proxy-runtime/target/classpath)" \
	  --enable-native-access=ALL-UNNAMED io.proxyroute.proxy.ProxyMain --config "$(CONFIG)" $(ARGS)

demo: cluster-needs images e2e/target/classpath ## run the demo; KEEP=1 keeps the cluster, CLUSTER=kubeconfig uses yours
	@$(E2E) io.proxyroute.e2e.demo.Demo

demo-picture: ## record `make demo` and render it as docs/images/demo.svg
	@tools/demo-picture/run $(RECORDING)

chaos: cluster-needs images e2e/target/classpath ## kill the operator during RUNS=20 remediation runs
	@$(E2E) io.proxyroute.e2e.chaos.Chaos

churn: cluster-needs images e2e/target/classpath ## change a route under load (RATE=2000, DURATION_SECONDS=120)
	@$(E2E) io.proxyroute.e2e.churn.Churn

rogue: cluster-needs images e2e/target/classpath ## run pods that misbehave towards the operator (ROGUES=20, HONEST=5, DURATION_SECONDS=300)
	@$(E2E) io.proxyroute.e2e.rogue.Rogue

bench: ## compare the proxy with nginx, HAProxy and Envoy (ARGS=--help lists the options)
	@bench/run peers $(ARGS)

bench-ab: ## compare the proxy with that of a git ref: make bench-ab BASE=REF [ARGS=--help]
	@[[ -n "$(BASE)" ]] || { echo "make bench-ab BASE=REF: REF is the commit to compare with"; exit 2; }
	@bench/run ab "$(BASE)" $(ARGS)

hostile: ## serve 500 requests a second beside 10,000 hostile connections (ARGS=--help lists the options)
	@bench/run hostile $(ARGS)

counts: ## print the totals of the test reports
	@tools/test-counts

e2e/target/classpath: pom.xml crds/pom.xml testbed/pom.xml e2e/pom.xml
	@tools/maven-step "Class path" -pl e2e -am package -DskipTests dependency:build-classpath -Dmdep.outputFile=target/classpath

# Deletes old reports, runs a Maven command, prints the totals, and exits with Maven's status.
define tested
@rm -rf */target/surefire-reports */target/failsafe-reports
@status=0; $(1) || status=$$?; tools/test-counts; exit $$status
endef
