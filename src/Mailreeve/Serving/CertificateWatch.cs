using System.Runtime.InteropServices;
using Mailreeve.Clerks;
using Mailreeve.Mail.Certificates;

namespace Mailreeve.Serving;

/// <summary>Looks for changed certificates, every few seconds and at once on SIGHUP.</summary>
internal sealed class CertificateWatch(ServerCertificates certificates, ClerkHealth health, TimeProvider ticks) : BackgroundService
{
    private const string Name = "certificates";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // Otherwise it would end the program.
            context.Cancel = true;
            Look();
        });
        using var timer = new PeriodicTimer(Interval, ticks);
        do
            Look();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Look()
    {
        certificates.Look();
        var problems = string.Join(' ', certificates.Problems());
        if (problems.Length == 0)
            health.Worked(Name);
        else
            health.Failed(Name, problems);
    }
}
