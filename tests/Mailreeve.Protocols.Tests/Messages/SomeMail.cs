using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

/// <summary>Messages for tests.</summary>
internal static class SomeMail
{
    /// <summary>Text in a multipart, with a message in it that has parts of its own, and a picture.</summary>
    public const string Nested = """
        From: Ada <ada@a.example>
        To: Bob <bob@b.example>
        Subject: Outer
        Date: Tue, 1 Jul 2025 10:00:00 +0200
        Message-ID: <outer@a.example>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="out"

        Preamble that nobody reads.
        --out
        Content-Type: text/plain; charset=utf-8

        First part.

        --out
        Content-Type: message/rfc822
        Content-Description: a forwarded one

        From: Carol <carol@c.example>
        Subject: Inner
        Content-Type: multipart/alternative; boundary="out-in"

        --out-in
        Content-Type: text/plain

        Plain.
        --out-in
        Content-Type: text/html
        Content-Transfer-Encoding: quoted-printable

        <p>Sch=C3=B6n</p>
        --out-in--

        --out
        Content-Type: image/png; name="dot.png"
        Content-Disposition: attachment; filename="dot.png"
        Content-ID: <dot@a.example>
        Content-Transfer-Encoding: base64

        iVBORw0KGgo=
        --out--
        Epilogue.

        """;

    /// <summary>The octets of a text, lines ending in CRLF, characters in UTF-8.</summary>
    public static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static MessageSummary Summary(string text) => MessageSummary.Of(Octets(text));

    /// <summary>What a section holds; null where there is none.</summary>
    public static string? Section(string text, SectionKind kind, params int[] path)
    {
        var octets = Octets(text);
        return MessageSummary.Of(octets).Find(path, kind) is { } range
            ? Encoding.UTF8.GetString(octets, range.Offset, range.Length)
            : null;
    }

    public static string Text(ReadOnlyMemory<byte> octets) => Encoding.UTF8.GetString(octets.Span);
}
