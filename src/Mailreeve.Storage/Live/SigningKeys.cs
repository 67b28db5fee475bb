using Mailreeve.Storage.Mail;

namespace Mailreeve.Storage.Live;

/// <summary>What outgoing mail is signed with, held in memory. A snapshot.</summary>
/// <param name="Trace">The secret for traces in use; null before the first was made.</param>
/// <param name="Dkim">The domains' keys in use.</param>
public sealed record SigningKeys(TraceKeyRow? Trace, IReadOnlyList<DkimKeyRow> Dkim)
{
    /// <summary>None.</summary>
    public static readonly SigningKeys Empty = new(null, []);

    internal static async Task<SigningKeys> LoadAsync(DbSession db, CancellationToken stop) =>
        new((await new TraceKeyStore(db).AllAsync(stop)).LastOrDefault(k => k.RetiredAt is null), await new DkimKeyStore(db).InUseAsync(stop));
}
