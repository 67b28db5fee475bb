using System.Text.Json;

namespace Mailreeve.Protocols.Acme;

/// <summary>Why a server does not do what it was asked (RFC 8555 §6.7, RFC 7807 §3.1).</summary>
/// <param name="Kind">The last part of its type, as in <c>rateLimited</c>; empty when the server gave none of ACME's.</param>
/// <param name="Detail">For people; one line, shortened.</param>
public sealed record AcmeProblem(string Kind, string Detail)
{
    private const string Prefix = "urn:ietf:params:acme:error:";
    private const int DetailLengthMax = 500;
    private const int SubproblemsMax = 10;

    /// <summary>The nonce was used or too old: ask again with the one that came with this (§6.5).</summary>
    public bool IsBadNonce => Kind == "badNonce";

    /// <summary>Too much was asked for.</summary>
    public bool IsRateLimited => Kind == "rateLimited";

    /// <summary>The server does not know the account: make it again.</summary>
    public bool IsAccountUnknown => Kind == "accountDoesNotExist";

    /// <summary>Reads a problem document.</summary>
    /// <returns>Null when this is none.</returns>
    public static AcmeProblem? Read(ReadOnlyMemory<byte> json) => AcmeJson.Read(json, Of);

    internal static AcmeProblem Of(JsonElement json)
    {
        var type = json.Text("type") ?? "";
        var kind = type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : "";
        var details = json.List("subproblems")
            .Where(s => s.ValueKind == JsonValueKind.Object)
            .Take(SubproblemsMax)
            .Select(s => $"{s.Object("identifier")?.Text("value")}: {s.Text("detail")}")
            .Prepend(json.Text("detail") ?? "");
        return new AcmeProblem(OneLine(kind), OneLine(string.Join("; ", details)));
    }

    /// <inheritdoc/>
    public override string ToString() => Kind.Length == 0 ? Detail : $"{Kind}: {Detail}";

    // It goes to a log and a terminal.
    private static string OneLine(string text)
    {
        var line = new string([.. text.Take(DetailLengthMax).Select(c => char.IsControl(c) ? ' ' : c)]);
        return text.Length > DetailLengthMax ? line + "…" : line;
    }
}
