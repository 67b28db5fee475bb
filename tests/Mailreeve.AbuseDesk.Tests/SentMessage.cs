using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>A message that a customer handed in to our servers, as its recipient has it.</summary>
internal sealed record SentMessage
{
    private static readonly byte[] Secret = new byte[32];
    private static long submissions = 1000;

    /// <summary>Message-ID without brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>The field that our servers put in front of it, with its line end.</summary>
    public required string TraceField { get; init; }

    /// <summary>The body.</summary>
    public required string Body { get; init; }

    /// <summary>The whole message, with <c>\n</c> line ends.</summary>
    public string Text => Header + "\n" + Body;

    /// <summary>Its header.</summary>
    public string Header => $"""
        {TraceField}From: Garden Offers <offers@alder.example>
        To: Wanda <wanda@reporter.example>
        Subject: Half price hedge trimmers
        Message-ID: <{MessageId}>
        Date: Mon, 2 Mar 2026 09:00:00 +0000

        """;

    /// <summary>Hands one in: it is in the submission log, and its trace is genuine.</summary>
    /// <param name="db">Where the log is.</param>
    /// <param name="customer">Whose message it is.</param>
    /// <param name="client">From which of their addresses.</param>
    /// <param name="at">When.</param>
    /// <param name="body">Its text.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task<SentMessage> HandInAsync(DbSession db, CustomerId customer, string client, Instant at, string body, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref submissions);
        var octets = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(body.ReplaceLineEndings("\r\n")));
        var binding = new TraceBinding
        {
            Submission = number,
            Customer = customer.Value,
            Mailbox = null,
            At = at,
            EnvelopeHash = SHA256.HashData(BitConverter.GetBytes(number)),
            BodyHash = BodyHasher.Of(octets, Canonicalization.Relaxed),
        };
        var id = TraceMark.IdOf(SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, 16));
        var sketch = BodySketch.Of(octets);
        var mark = new TraceMark(id, sketch, binding.MacOf(Secret, id, sketch));
        await db.ExecuteAsync("INSERT INTO trace_key (id, secret, created_at) VALUES (1, @Secret, 0) ON CONFLICT (id) DO NOTHING", new { Secret }, stop);
        var messageId = $"sent-{number}@alder.example";
        await db.ExecuteAsync("""
            INSERT INTO submission (id, at, customer_id, client_address, helo, envelope_from, header_from, message_id, recipients, size,
                                    trace_id, trace_key_id, envelope_hash, body_hash, counted, counted_first, subject)
            VALUES (@number, @at, @customer, @client, '', 'offers@alder.example', 'offers@alder.example', @messageId, 1, 1, @id, 1, @envelope, @hash, 0, 0, '')
            """,
            new { number, at, customer, client = Address.Parse(client), messageId, id, envelope = binding.EnvelopeHash, hash = binding.BodyHash }, stop);
        return new SentMessage { MessageId = messageId, TraceField = Encoding.ASCII.GetString(mark.ToField()).ReplaceLineEndings("\n"), Body = body };
    }
}
