using System.Buffers.Binary;
using System.Security.Cryptography;
using Mailreeve.Protocols.Acme;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>Sees to it that there is a certificate from the authority, and a new one before it ends (RFC 8555).</summary>
/// <param name="options">From whom, and for what.</param>
/// <param name="challenges">Where the authority finds its proofs.</param>
/// <param name="certificates">Those in use; told when there is a new one.</param>
/// <param name="clock">The time of the machine.</param>
/// <param name="log">Takes what is fetched, and what fails.</param>
public sealed class AcmeRenewal(
    AcmeOptions options, AcmeChallenges challenges, ServerCertificates certificates, IClock clock, ILogger<AcmeRenewal> log)
{
    private readonly AcmeFolder folder = new(options.Folder);

    /// <summary>Measures the pauses between two looks at an order.</summary>
    public TimeProvider Ticks { get; init; } = TimeProvider.System;

    /// <summary>Fetches a certificate when it is time; otherwise does nothing. Not to be called a second time while it works.</summary>
    /// <returns>Whether there is a new one.</returns>
    public async Task<bool> WorkAsync(CancellationToken stop)
    {
        if (ReasonNow() is not { } reason)
            return false;
        log.CertificateFetched(reason, string.Join(", ", options.Names), options.Directory.Host);
        folder.RenewalHasBegun();
        try
        {
            await ObtainAsync(stop);
            certificates.Look();
            folder.Failure = null;
            return true;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            Failed(e);
            return false;
        }
    }

    private async Task ObtainAsync(CancellationToken stop)
    {
        using var key = AccountKey();
        var account = new AcmeAccountKey(key);
        using var client = new AcmeClient(options, account, clock);
        var issuance = new AcmeIssuance(client, account, options, folder, challenges, Ticks);
        try
        {
            await issuance.ObtainAsync(stop);
        }
        catch (AcmeException e) when (e.Problem.IsAccountUnknown && client.Account is not null)
        {
            // The authority has forgotten it, as one for tests does at each start. Another one is made, once.
            (client.Account, folder.Account, folder.Order) = (null, null, null);
            await issuance.ObtainAsync(stop);
        }
    }

    /// <summary>Why a certificate is needed now; null when none is.</summary>
    private string? ReasonNow()
    {
        if (folder.IsRenewalWanted)
            return "an operator asks for it";
        var now = clock.GetCurrentInstant();
        if (folder.Failure is { } failure && now < failure.NextAt())
            return null;
        if (folder.Order is not null)
            return "an order is under way";
        var current = certificates.Current.All.FirstOrDefault(c => c.Source == folder.CertificatePath);
        if (current is null)
            return "there is none";
        if (folder.Account?.Directory != options.Directory.OriginalString)
            return "it is from another authority";
        if (options.Names.Except(current.Names, StringComparer.OrdinalIgnoreCase).Any())
            return "it lacks a name";
        return now >= RenewalTime.Of(current.NotBefore, current.NotAfter, ShareOf(current)) ? "the one in use ends" : null;
    }

    private void Failed(Exception e)
    {
        var problem = e as AcmeException;
        var times = Math.Min(folder.Failure?.Times ?? 0, 1000) + 1;
        var pause = RenewalTime.PauseAfter(times, problem?.Problem.IsRateLimited == true, problem?.Wait, Random.Shared.NextDouble());
        var nextAt = clock.GetCurrentInstant() + pause;
        log.CertificateNotFetched(options.Directory.Host, e.Message, times, nextAt);
        folder.Failure = new AcmeFailure(times, e.Message, nextAt.ToUnixTimeMilliseconds());
    }

    // Written down before it is used: an account whose key is lost is lost.
    private ECDsa AccountKey()
    {
        if (folder.AccountKey is not { } pem)
        {
            var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            folder.WriteAccountKey(made.ExportPkcs8PrivateKeyPem());
            return made;
        }

        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    // Chance that stays the same for a certificate, over restarts too.
    private static double ShareOf(ServerCertificate certificate) =>
        BinaryPrimitives.ReadUInt32BigEndian(certificate.Leaf.GetCertHash(HashAlgorithmName.SHA256)) / (double)uint.MaxValue;
}
