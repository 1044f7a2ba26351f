package io.proxyroute.bench.measure;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The counters of another JVM of this user, through the JDK's own management agent. Closing disconnects. */
public final class JvmProbe implements AutoCloseable {

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final CompilationMXBean compilation;

    private JvmProbe(JMXConnector connector) throws IOException {
        this.connector = connector;
        MBeanServerConnection server = connector.getMBeanServerConnection();
        this.threads = ManagementFactory.newPlatformMXBeanProxy(
                server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        this.compilation = ManagementFactory.newPlatformMXBeanProxy(
                server, ManagementFactory.COMPILATION_MXBEAN_NAME, CompilationMXBean.class);
    }

    /** Connects to a JVM. */
    public static JvmProbe attach(long pid) throws IOException {
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
            try {
                return new JvmProbe(JMXConnectorFactory.connect(new JMXServiceURL(jvm.startLocalManagementAgent())));
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("Process " + pid + " takes no management agent.", e);
        }
    }

    /** Bytes that all its threads have allocated on the heap since it started; exact, and kept by the JVM anyway. */
    public long allocatedBytes() {
        return threads.getTotalThreadAllocatedBytes();
    }

    /** Time that its compilers have spent since it started, in milliseconds. */
    public long compilationMillis() {
        return compilation.getTotalCompilationTime();
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
