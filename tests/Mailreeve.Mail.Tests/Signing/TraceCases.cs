using System.Text.Json;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Mail.Tests.Signing;

/// <summary>The messages under tests/cases/trace, and the submission log that they are traced in.</summary>
internal static class TraceCases
{
    public static readonly Instant Now = Instant.FromUtc(2026, 3, 3, 12, 0);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private static string Folder { get; } = FindFolder();

    /// <summary>Each file, and its verdicts as they stand in the table.</summary>
    public static IEnumerable<(string File, string Verdicts)> All =>
        File.ReadLines(Path.Combine(Folder, "verdicts.tsv")).Select(l => l.Split('\t')).Select(l => (l[0], l[1]));

    /// <summary>Every file there is, whether it is in the table or not.</summary>
    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)).Where(f => f is not ("verdicts.tsv" or "log.json" or "README.md")).Order(StringComparer.Ordinal);

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    /// <summary>Writes the log into a database.</summary>
    public static Task FillAsync(Database database, CancellationToken stop)
    {
        var log = JsonSerializer.Deserialize<LogFile>(Read("log.json"), Options)!;
        return database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync(
                [Some.Customer, Some.Customer with { Id = new CustomerId(2), RegNumber = $"{RegNumber.From(2)}", Name = "Elm Works" }], Some.Time, stop);
            foreach (var (id, address) in new[] { (11L, "kim@alder.example"), (12L, "news@alder.example") })
            {
                await db.ExecuteAsync("""
                    INSERT INTO mailbox (id, customer_id, address, state, credentials_version, extra_steps, uid_validity,
                                         created_at, last_used_at, idle_warnings, fill_warned, state_since)
                    VALUES (@id, 1, @address, 'active', 1, 0, 1, 0, 0, 0, 0, 0)
                    """, new { id, address }, stop);
            }

            foreach (var secret in log.Secrets)
            {
                await db.ExecuteAsync("""
                    INSERT INTO trace_key (id, secret, created_at, retired_at)
                    VALUES (@id, @secret, @created, @retired)
                    """, new { id = secret.Id, secret = Convert.FromHexString(secret.Secret), created = secret.Created, retired = secret.Retired }, stop);
            }

            foreach (var s in log.Submissions)
            {
                await db.ExecuteAsync("""
                    INSERT INTO submission (id, at, customer_id, mailbox_id, client_address, helo, envelope_from, header_from, message_id, recipients, size,
                                            trace_id, trace_key_id, envelope_hash, body_hash, counted, counted_first, subject)
                    VALUES (@id, @at, @customer, @mailbox, @client, 'desk.alder.example', @from, @headerFrom, @messageId, @recipients, @size,
                            @traceId, @key, @envelopeHash, @bodyHash, 0, 0, '')
                    """,
                    new
                    {
                        id = s.Id,
                        at = s.At,
                        customer = s.Customer,
                        mailbox = s.Mailbox,
                        client = Some.Address,
                        from = s.EnvelopeFrom,
                        headerFrom = s.HeaderFrom,
                        messageId = s.MessageId,
                        recipients = s.Recipients,
                        size = s.Size,
                        traceId = s.TraceId,
                        key = s.Key,
                        envelopeHash = Convert.FromHexString(s.EnvelopeHash),
                        bodyHash = Convert.FromHexString(s.BodyHash),
                    }, stop);
            }
        }, stop);
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "cases", "trace");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException("tests/cases/trace");
    }

    private sealed record LogFile(IReadOnlyList<SecretLine> Secrets, IReadOnlyList<SubmissionLine> Submissions);

    private sealed record SecretLine(long Id, string Secret, long Created, long? Retired);

    private sealed record SubmissionLine(
        long Id, long At, long Customer, long? Mailbox, string EnvelopeFrom, string HeaderFrom, string MessageId, long Recipients, long Size, string TraceId,
        long Key, string EnvelopeHash, string BodyHash);
}
