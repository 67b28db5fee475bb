using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailreeve.Protocols.Acme;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>Gets one certificate: account, order, proof, signing request, chain (RFC 8555 §7). What was begun before is gone on with.</summary>
internal sealed class AcmeIssuance(
    AcmeClient client, AcmeAccountKey key, AcmeOptions options, AcmeFolder folder, AcmeChallenges challenges, TimeProvider ticks)
{
    private const string HttpChallenge = "http-01";
    // Six minutes in all: an authority that needs more is asked again later, about the same order.
    private const int LooksMax = 40;
    private static readonly Duration PauseMin = Duration.FromSeconds(1);
    private static readonly Duration PauseMax = Duration.FromSeconds(10);

    /// <summary>Gets it and writes it down.</summary>
    /// <exception cref="AcmeException">The authority does not give it.</exception>
    /// <exception cref="CertificateException">What it gave cannot be used.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task ObtainAsync(CancellationToken stop)
    {
        await SignUpAsync(stop);
        var (record, order) = await PlacedAsync(stop) ?? await PlaceAsync(stop);
        if (order.Status == AcmeStatus.Ready)
            await FinalizeAsync(order, record, stop);
        if (order.Status is AcmeStatus.Ready or AcmeStatus.Processing)
            order = await SettledAsync(new Uri(record.Url), AcmeOrder.Read, o => o.Status is not (AcmeStatus.Ready or AcmeStatus.Processing), stop);
        if (order.Status != AcmeStatus.Valid || order.Certificate is not { } certificate)
        {
            folder.Order = null;
            throw new AcmeException(order.Problem ?? new AcmeProblem("", $"the order is {order.Status.ToString().ToLowerInvariant()}"));
        }

        var chain = Encoding.UTF8.GetString((await client.GetAsync(certificate, stop)).Content);
        try
        {
            Check(chain, record);
            folder.WriteCertificate($"{record.Key}\n{chain}");
        }
        finally
        {
            folder.Order = null;
        }
    }

    // An account that exists is found by its key, so nothing is lost when this is done twice (§7.3.1).
    private async Task SignUpAsync(CancellationToken stop)
    {
        if (folder.Account is { } known && known.Directory == options.Directory.OriginalString)
        {
            client.Account = new Uri(known.Url);
            return;
        }

        var directory = await client.DirectoryAsync(stop);
        var binding = options.ExternalAccount is { } external
            ? AcmeRequest.ExternalBinding(key, external.Id, external.Key, directory.NewAccount)
            : null;
        if (directory.NeedsExternalAccount && binding is null)
            throw new AcmeException("The authority makes accounts only for who has one with it already: acme.external-account-id is needed.");
        var reply = await client.SendAsync(directory.NewAccount, AcmeRequest.NewAccount(options.Contact, binding), stop);
        client.Account = reply.Location ?? throw new AcmeException("The authority does not say where the account is.");
        folder.Account = new AcmeAccountRecord(options.Directory.OriginalString, client.Account.OriginalString);
    }

    /// <summary>The order that was placed before the program ended, proven; null when there is none that could be gone on with.</summary>
    private async Task<(AcmeOrderRecord, AcmeOrder)?> PlacedAsync(CancellationToken stop)
    {
        if (folder.Order is not { } record || record.Directory != options.Directory.OriginalString || !record.Names.SequenceEqual(options.Names))
            return null;
        try
        {
            var order = AcmeOrder.Read((await client.GetAsync(new Uri(record.Url), stop)).Content);
            return order is null or { Status: AcmeStatus.Invalid or AcmeStatus.Unknown } ? null : (record, await ProvenAsync(record, order, stop));
        }
        catch (AcmeException e) when (!e.Problem.IsAccountUnknown && !e.Problem.IsRateLimited && e.Wait is null)
        {
            // It is forgotten there, or the authority came for the proof while nobody answered.
            return null;
        }
    }

    private async Task<(AcmeOrderRecord, AcmeOrder)> PlaceAsync(CancellationToken stop)
    {
        var directory = await client.DirectoryAsync(stop);
        var reply = await client.SendAsync(directory.NewOrder, AcmeRequest.NewOrder(options.Names), stop);
        var order = AcmeOrder.Read(reply.Content) ?? throw new AcmeException("The authority answers with something that is no order.");
        var url = reply.Location ?? throw new AcmeException("The authority does not say where the order is.");
        // A new key with each certificate: one that leaked is worth nothing for longer.
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var record = new AcmeOrderRecord(options.Directory.OriginalString, url.OriginalString, options.Names, fresh.ExportPkcs8PrivateKeyPem());
        folder.Order = record;
        return (record, await ProvenAsync(record, order, stop));
    }

    private async Task<AcmeOrder> ProvenAsync(AcmeOrderRecord record, AcmeOrder order, CancellationToken stop)
    {
        if (order.Status != AcmeStatus.Pending)
            return order;
        var tokens = new List<string>();
        try
        {
            foreach (var authorization in order.Authorizations)
                await ProveAsync(authorization, tokens, stop);
            return await SettledAsync(new Uri(record.Url), AcmeOrder.Read, o => o.Status != AcmeStatus.Pending, stop);
        }
        catch (AcmeException e) when (e.Wait is null && !e.Problem.IsRateLimited)
        {
            // A name that is not ours today will not become it within this order.
            folder.Order = null;
            throw;
        }
        finally
        {
            tokens.ForEach(challenges.Remove);
        }
    }

    private async Task ProveAsync(Uri url, List<string> tokens, CancellationToken stop)
    {
        var authorization = AcmeAuthorization.Read((await client.GetAsync(url, stop)).Content)
            ?? throw new AcmeException("The authority answers with something that is no authorization.");
        if (authorization.Status == AcmeStatus.Valid)
            return;
        var challenge = authorization.Challenges.FirstOrDefault(c => c.Type == HttpChallenge)
            ?? throw new AcmeException($"{authorization.Name} cannot be proven by {HttpChallenge}.");
        challenges.Add(challenge.Token, key.AuthorizationFor(challenge.Token));
        tokens.Add(challenge.Token);
        if (authorization.Status == AcmeStatus.Pending)
            await client.SendAsync(challenge.Url, AcmeRequest.ChallengeIsMet, stop);

        var outcome = await SettledAsync(url, AcmeAuthorization.Read, a => a.Status != AcmeStatus.Pending, stop);
        if (outcome.Status == AcmeStatus.Valid)
            return;
        var why = outcome.Challenges.Select(c => c.Problem).OfType<AcmeProblem>().FirstOrDefault();
        throw new AcmeException(new AcmeProblem(why?.Kind ?? "", $"{authorization.Name}: {why?.Detail ?? "the proof was not accepted"}"));
    }

    private async Task FinalizeAsync(AcmeOrder order, AcmeOrderRecord record, CancellationToken stop)
    {
        using var certificateKey = ECDsa.Create();
        certificateKey.ImportFromPem(record.Key);
        var request = new CertificateRequest(new X500DistinguishedName(""), certificateKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in options.Names)
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());

        await client.SendAsync(order.Finalize, AcmeRequest.Finalize(request.CreateSigningRequest()), stop);
    }

    private void Check(string chain, AcmeOrderRecord record)
    {
        var certificate = ServerCertificate.Read(chain, record.Key, options.Directory.Host);
        if (options.Names.Except(certificate.Names, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } missing)
            throw new AcmeException($"The certificate that came is not for {missing}.");
    }

    private async Task<T> SettledAsync<T>(Uri url, Func<ReadOnlyMemory<byte>, T?> read, Func<T, bool> isSettled, CancellationToken stop)
        where T : class
    {
        for (var looks = 1; looks <= LooksMax; looks++)
        {
            var reply = await client.GetAsync(url, stop);
            var now = read(reply.Content) ?? throw new AcmeException($"The authority answers with something that is no {typeof(T).Name}.");
            if (isSettled(now))
                return now;
            var pause = Duration.Max(PauseMin, Duration.Min(PauseMax, reply.Wait ?? Duration.FromSeconds(looks)));
            await Task.Delay(pause.ToTimeSpan(), ticks, stop);
        }

        throw new AcmeException(new AcmeProblem("", "the authority has not decided yet"), Duration.Zero);
    }
}
