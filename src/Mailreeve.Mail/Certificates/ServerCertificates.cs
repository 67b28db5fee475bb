using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>
/// The certificates of all servers. They lie in files, which are read again when they have changed; sessions go on with what they began with.
/// </summary>
/// <remarks>A pair that cannot be used leaves the one before it in use, is logged once, and is tried again when it changes.</remarks>
public sealed class ServerCertificates
{
    private const long BytesMax = 1 << 20;
    private static readonly Duration BetweenWarnings = Duration.FromDays(1);

    private readonly Lock looking = new();
    private readonly List<Watched> files;
    private readonly IClock clock;
    private readonly ILogger<ServerCertificates> log;
    private volatile CertificateSet current = CertificateSet.Empty;

    private ServerCertificates(IReadOnlyList<CertificatePair> pairs, IClock clock, ILogger<ServerCertificates> log)
    {
        files = [.. pairs.Select(p => new Watched(p))];
        (this.clock, this.log) = (clock, log);
    }

    /// <summary>What is in use now.</summary>
    public CertificateSet Current => current;

    /// <summary>Reads the certificates for the first time.</summary>
    /// <param name="pairs">Where they lie, in the order of preference.</param>
    /// <param name="clock">The time of the machine: it is what the other side looks at.</param>
    /// <param name="log">Takes what changes, and what is wrong.</param>
    /// <exception cref="CertificateException">One of them cannot be used, and there is none before it.</exception>
    public static ServerCertificates Open(IReadOnlyList<CertificatePair> pairs, IClock clock, ILogger<ServerCertificates> log)
    {
        var certificates = new ServerCertificates(pairs, clock, log);
        certificates.Look();
        var wrong = certificates.files.Select(f => f.Problem).OfType<string>().ToList();
        return wrong.Count == 0 ? certificates : throw new CertificateException(string.Join(Environment.NewLine, wrong));
    }

    /// <summary>Looks whether files have changed, reads those that have, and warns of what ends soon.</summary>
    public void Look()
    {
        lock (looking)
        {
            var now = clock.GetCurrentInstant();
            var changed = false;
            foreach (var file in files)
                changed |= LookAt(file, now);
            if (changed)
                current = new CertificateSet([.. files.Select(f => f.Certificate).OfType<ServerCertificate>()]);
            foreach (var file in files)
                WarnOf(file, now);
        }
    }

    /// <summary>What keeps clients from trusting this server, one sentence each; for <c>/health/ready</c>.</summary>
    public IEnumerable<string> Problems()
    {
        var now = clock.GetCurrentInstant();
        return current.All.Where(c => c.NotAfter < now).Select(c => $"The certificate for {c.Names[0]} has expired.");
    }

    private bool LookAt(Watched file, Instant now)
    {
        try
        {
            if (file.Pair.MayBeMissing && !File.Exists(file.Pair.Certificate))
                return false;
            // Content, not the time of writing, which two files may share; they are small, and few.
            var (certificate, key) = (ReadText(file.Pair.Certificate), ReadText(file.Pair.Key));
            var seen = SHA256.HashData(MemoryMarshal.AsBytes($"{certificate}\0{key}".AsSpan()));
            if (file.Seen is { } before && before.AsSpan().SequenceEqual(seen))
                return false;
            file.Seen = seen;
            return Use(file, ServerCertificate.Read(certificate, key, file.Pair.Certificate), now);
        }
        catch (CertificateException e)
        {
            Refuse(file, e.Message);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Seen = null;
            Refuse(file, $"{file.Pair.Certificate}: {e.Message}");
            return false;
        }
    }

    private bool Use(Watched file, ServerCertificate read, Instant now)
    {
        if (read.NotAfter < now && file.Certificate is { } valid && valid.NotAfter > now)
            throw new CertificateException($"{read.Source}: it has expired, at {read.NotAfter}.");
        if (file.Certificate?.Leaf.Thumbprint != read.Leaf.Thumbprint)
            log.CertificateInUse(string.Join(", ", read.Names), read.Issuer, read.NotAfter, read.Source);
        (file.Certificate, file.Problem, file.WarnedAt) = (read, null, null);
        return true;
    }

    private void Refuse(Watched file, string problem)
    {
        if (file.Certificate is not null && problem != file.Problem)
            log.CertificateRefused(problem);
        file.Problem = problem;
    }

    private static string ReadText(string path) =>
        new FileInfo(path).Length <= BytesMax ? File.ReadAllText(path) : throw new CertificateException($"{path}: it is too large to be a certificate or key.");

    private void WarnOf(Watched file, Instant now)
    {
        if (file.Certificate is not { } certificate || now < certificate.LateFrom || now < file.WarnedAt + BetweenWarnings)
            return;
        file.WarnedAt = now;
        if (now > certificate.NotAfter)
            log.CertificateExpired(certificate.Names[0], certificate.NotAfter, certificate.Source);
        else
            log.CertificateEnds(certificate.Names[0], certificate.NotAfter, certificate.Source);
    }

    private sealed class Watched(CertificatePair pair)
    {
        public CertificatePair Pair => pair;

        public byte[]? Seen { get; set; }

        public ServerCertificate? Certificate { get; set; }

        public string? Problem { get; set; }

        public Instant? WarnedAt { get; set; }
    }
}
