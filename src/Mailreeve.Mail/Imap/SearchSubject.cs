using Mailreeve.Mail.Mailboxes;
using Mailreeve.Protocols.Messages;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Mail.Imap;

/// <summary>The message that a search looks at, one after the other. Its octets are read when a condition asks for them.</summary>
internal sealed class SearchSubject(SelectedFolder selected, SegmentStore segments) : IDisposable
{
    private readonly MessageReader header = new(segments);
    private readonly MessageReader whole = new(segments);
    private StoredMessage? message;

    /// <summary>Its sequence number.</summary>
    public uint Number { get; private set; }

    public StoredMessage Message => message!;

    public bool IsRecent => selected.IsRecent(Message.Uid);

    /// <summary>Its summary, which has been loaded before a condition asks for it.</summary>
    public MessageSummary Summary => Message.Body.Summary!;

    /// <summary>Octets that have been read of all messages so far.</summary>
    public long OctetsRead { get; private set; }

    /// <summary>Goes on to the next message.</summary>
    public void LookAt(int index, StoredMessage next)
    {
        Number = (uint)index + 1;
        message = next;
    }

    /// <summary>Its header.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ReadOnlySpan<byte> ReadHeader()
    {
        OctetsRead += Summary.HeaderBytes;
        return header.Read(Message.Body, 0, Summary.HeaderBytes);
    }

    /// <summary>All of it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ReadOnlySpan<byte> ReadWhole()
    {
        OctetsRead += Message.Body.Length;
        return whole.Read(Message.Body, 0, Message.Body.Length);
    }

    public void Dispose()
    {
        header.Dispose();
        whole.Dispose();
    }
}
