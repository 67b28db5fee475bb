using System.Diagnostics;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// A Debian package that runs where it is not installed: <c>./test</c> has unpacked it, and here it gets a root of its own, made of the
/// package laid over this machine's <c>/usr</c> and of nothing else. All of it is in memory and goes with the process.
/// </summary>
internal sealed class Box : IAsyncDisposable
{
    /// <summary>Where <c>./test</c> has unpacked the packages, each in a folder of its name.</summary>
    internal const string Unpacked = "/var/tmp/mailreeve-peers";

    // The users of all packages, so that nobody need be known to this machine.
    private const string Users = """
        root:x:0:0:root:/root:/bin/sh
        mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
        postfix:x:7001:7001::/var/spool/postfix:/usr/sbin/nologin
        Debian-exim:x:7002:7002::/var/spool/exim4:/usr/sbin/nologin
        opensmtpd:x:7003:7003::/var/lib/opensmtpd/empty:/usr/sbin/nologin
        opensmtpq:x:7004:7004::/var/lib/opensmtpd/empty:/usr/sbin/nologin
        unbound:x:7005:7005::/var/lib/unbound:/usr/sbin/nologin
        nsd:x:7006:7006::/var/lib/nsd:/usr/sbin/nologin
        peer:x:7007:7007::/peer:/usr/sbin/nologin
        """;

    private const string Groups = """
        root:x:0:
        mail:x:8:
        nogroup:x:65534:
        postfix:x:7001:
        Debian-exim:x:7002:
        opensmtpd:x:7003:
        opensmtpq:x:7004:
        unbound:x:7005:
        nsd:x:7006:
        peer:x:7007:
        postdrop:x:7008:
        """;

    // Process 1 of the box. Its standard input is the test's hand: a line means kill -9 to everything and start again, and the end of it
    // that the test is over, or dead. With process 1 the kernel ends all the others. .NET raises the limit of open files as far as it goes,
    // and OpenSMTPD closes them one by one.
    private const string Init = """
        set -eu
        package=$1 folder=$2 root=/mnt
        exec >>"$folder/said" 2>&1
        ulimit -n 4096
        mount -t tmpfs tmpfs $root
        cd $root
        mkdir usr proc dev etc tmp run var root peer var/spool var/lib var/log var/mail
        chmod 1777 tmp run
        ln -s ../run var/run
        for name in bin sbin lib lib64; do ln -s usr/$name $name; done
        mount -t overlay overlay -o "lowerdir=$package/usr:/usr" usr
        mount -t proc proc proc
        mount --rbind /dev dev
        mount --bind "$folder" peer
        for name in etc var; do [ ! -d "$package/$name" ] || cp -a "$package/$name/." $name/; done
        cp /etc/services /etc/protocols /etc/ld.so.cache etc/
        cp peer/passwd peer/group peer/resolv.conf etc/
        echo 127.0.0.1 localhost >etc/hosts
        exec chroot $root sh -c '. /peer/prepare; . /peer/start; while read -r again; do kill -9 -1; . /peer/start; done'
        """;

    private readonly Machine machine;
    private readonly string package;
    private Process? init;

    /// <summary>Prepares one; nothing runs yet. Without the package the test is skipped.</summary>
    /// <param name="machine">Where it will run.</param>
    /// <param name="package">The Debian package.</param>
    public Box(Machine machine, string package)
    {
        (this.machine, this.package) = (machine, Path.Combine(Unpacked, package));
        if (!Directory.Exists(this.package))
            throw Required.Missing($"{package}, unpacked by ./test in {Unpacked},", package);
        Folder = RunFolder.NewFolder(package);
    }

    /// <summary>Its folder, which it sees as <c>/peer</c>.</summary>
    public string Folder { get; }

    /// <summary>All that it has said.</summary>
    public string Said => File.Exists(Path.Combine(Folder, "said")) ? File.ReadAllText(Path.Combine(Folder, "said")) : "";

    /// <summary>Writes a file into its folder, which only root may read.</summary>
    public void Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text + "\n");
        if (OperatingSystem.IsLinux() && name.EndsWith(".key", StringComparison.Ordinal))
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Starts it.</summary>
    /// <param name="resolver">The name server it asks.</param>
    /// <param name="prepare">Shell commands, once.</param>
    /// <param name="start">Shell commands that start it in the background, now and whenever it was killed.</param>
    public void Start(string resolver, string prepare, string start)
    {
        Write("passwd", Users);
        Write("group", Groups);
        Write("resolv.conf", $"nameserver {resolver}\noptions edns0 trust-ad");
        Write("prepare", prepare);
        Write("start", start);
        string[] command = [.. machine.Enter, "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", Init, "sh", package, Folder];
        init = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true });
    }

    /// <summary>Kills all that runs in it (SIGKILL) and starts it again on the files that it had.</summary>
    public void KillAndStart()
    {
        init!.StandardInput.WriteLine("again");
        init.StandardInput.Flush();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (init is null)
            return;
        init.StandardInput.Close();
        await init.WaitForExitAsync();
        init.Dispose();
    }
}
