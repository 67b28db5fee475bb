namespace Mailreeve.Protocols.Acme;

/// <summary>Where the services of an ACME server are (RFC 8555 §7.1.1).</summary>
/// <param name="NewNonce">Gives nonces.</param>
/// <param name="NewAccount">Makes accounts.</param>
/// <param name="NewOrder">Takes orders.</param>
public sealed record AcmeDirectory(Uri NewNonce, Uri NewAccount, Uri NewOrder)
{
    /// <summary>Where the terms are that one agrees to; null when there are none.</summary>
    public Uri? TermsOfService { get; init; }

    /// <summary>Whether an account is made only for who has one with the authority already (§7.3.4).</summary>
    public bool NeedsExternalAccount { get; init; }

    /// <summary>Reads one.</summary>
    /// <returns>Null when this is none.</returns>
    public static AcmeDirectory? Read(ReadOnlyMemory<byte> json) => AcmeJson.Read(json, root =>
    {
        if (root.Url("newNonce") is not { } nonce || root.Url("newAccount") is not { } account || root.Url("newOrder") is not { } order)
            return null;
        var meta = root.Object("meta");
        return new AcmeDirectory(nonce, account, order)
        {
            TermsOfService = meta?.Url("termsOfService"),
            NeedsExternalAccount = meta is { } m && m.TryGetProperty("externalAccountRequired", out var needs)
                && needs.ValueKind == System.Text.Json.JsonValueKind.True,
        };
    });
}
