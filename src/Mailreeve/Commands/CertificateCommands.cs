using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Mail.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve certificate show</c> and <c>certificate renew</c></summary>
internal static class CertificateCommands
{
    private const int NotGood = 1;
    private static readonly TimeSpan TakenUpWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DoneWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Make() => new Command("certificate", "The certificates of all servers.") { Show(), Renew() };

    private static Command Show()
    {
        var config = Setup.ConfigOption();
        var command = new Command("show", "Prints names, issuer, end and source of each certificate. Ends with 1 when one is missing or has expired.") { config };
        command.SetAction(parsed => Setup.ReadSettings(parsed.GetValue(config)!, Console.Error) is { } settings
            ? Show(settings.Tls, SystemClock.Instance, Console.Out, Console.Error)
            : Setup.CannotBegin);
        return command;
    }

    private static int Show(TlsSettings tls, IClock clock, TextWriter output, TextWriter errors)
    {
        if (Open(tls, clock, errors) is not { } certificates)
            return NotGood;
        foreach (var certificate in certificates.Current.All)
        {
            output.WriteLine($"{string.Join(", ", certificate.Names)}");
            output.WriteLine($"    by {certificate.Issuer}, until {certificate.NotAfter}, from {certificate.Source}");
        }

        if (certificates.Current.All.Count == 0)
            output.WriteLine("There is no certificate, and so no TLS.");
        if (tls.Acme is { } acme && new AcmeFolder(acme.Folder).Failure is { } failure)
            output.WriteLine($"{acme.Directory.Host} gave none at the last {failure.Times} attempts, the next one is at {failure.NextAt()}: {failure.Why}");
        var problems = certificates.Problems().ToList();
        problems.ForEach(output.WriteLine);
        return problems.Count == 0 && certificates.Current.All.Count > 0 ? 0 : NotGood;
    }

    private static Command Renew()
    {
        var config = Setup.ConfigOption();
        var command = new Command("renew", "Has the running program fetch a new certificate from the authority, and tells how that went.") { config };
        command.SetAction(async (parsed, stop) =>
        {
            if (Setup.ReadSettings(parsed.GetValue(config)!, Console.Error) is not { } settings)
                return Setup.CannotBegin;
            if (settings.Tls.Acme is { } acme)
                return await RenewAsync(settings.Tls, acme, Console.Out, Console.Error, stop);
            await Console.Error.WriteLineAsync("No certificate is fetched here: there is no [acme] in the configuration. Files are read again when they change.");
            return Setup.CannotBegin;
        });
        return command;
    }

    // The proof is asked for at the program's listeners, so it is the program that fetches.
    private static async Task<int> RenewAsync(TlsSettings tls, AcmeOptions acme, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        var folder = new AcmeFolder(acme.Folder);
        if (!Directory.Exists(acme.Folder))
        {
            await errors.WriteLineAsync("The program has not run with [acme] yet. Start it: it fetches a certificate by itself.");
            return Setup.CannotBegin;
        }

        var (before, failedBefore) = (Written(folder), folder.Failure);
        folder.WantRenewal();
        if (!await WithinAsync(TakenUpWithin, () => !folder.IsRenewalWanted, stop))
        {
            folder.RenewalHasBegun();
            await errors.WriteLineAsync("No running program has taken this up. Is it running, with this configuration?");
            return NotGood;
        }

        var isDone = await WithinAsync(DoneWithin, () => Written(folder) != before || folder.Failure is { } f && f != failedBefore, stop);
        if (isDone && Written(folder) != before)
            return Show(tls, SystemClock.Instance, output, errors);
        await errors.WriteLineAsync(folder.Failure is { } failure
            ? $"{acme.Directory.Host} gave none: {failure.Why}. The next attempt is at {failure.NextAt()}."
            : "It takes longer than expected; the log of the program tells how it goes on.");
        return NotGood;
    }

    private static DateTime Written(AcmeFolder folder) => File.GetLastWriteTimeUtc(folder.CertificatePath);

    private static async Task<bool> WithinAsync(TimeSpan time, Func<bool> condition, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; waited < time; waited += Pause)
        {
            if (condition())
                return true;
            await Task.Delay(Pause, stop);
        }

        return condition();
    }

    private static ServerCertificates? Open(TlsSettings tls, IClock clock, TextWriter errors)
    {
        try
        {
            return ServerCertificates.Open(tls.Pairs, clock, NullLogger<ServerCertificates>.Instance);
        }
        catch (CertificateException wrong)
        {
            errors.WriteLine(wrong.Message);
            return null;
        }
    }
}
