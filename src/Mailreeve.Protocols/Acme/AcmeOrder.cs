using System.Text.Json;

namespace Mailreeve.Protocols.Acme;

/// <summary>A certificate that was asked for (RFC 8555 §7.1.3).</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Authorizations">What must be proven, one for each name.</param>
/// <param name="Finalize">Where the signing request goes.</param>
public sealed record AcmeOrder(AcmeStatus Status, IReadOnlyList<Uri> Authorizations, Uri Finalize)
{
    /// <summary>Names in an order at most; authorities allow 100.</summary>
    public const int NamesMax = 100;

    /// <summary>Where the certificate is; null until it is made.</summary>
    public Uri? Certificate { get; init; }

    /// <summary>Why it failed; null while it has not.</summary>
    public AcmeProblem? Problem { get; init; }

    /// <summary>Reads one.</summary>
    /// <returns>Null when this is none.</returns>
    public static AcmeOrder? Read(ReadOnlyMemory<byte> json) => AcmeJson.Read(json, root =>
    {
        var authorizations = root.List("authorizations")
            .Select(a => a.ValueKind == JsonValueKind.String ? AcmeJson.AsUrl(a.GetString()) : null)
            .OfType<Uri>()
            .Take(NamesMax)
            .ToList();
        return root.Url("finalize") is not { } finalize
            ? null
            : new AcmeOrder(root.Status(), authorizations, finalize)
            {
                Certificate = root.Url("certificate"),
                Problem = root.Object("error") is { } error ? AcmeProblem.Of(error) : null,
            };
    });
}
