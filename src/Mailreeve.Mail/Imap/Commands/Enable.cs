using Mailreeve.Protocols.Imap;

namespace Mailreeve.Mail.Imap.Commands;

/// <summary>ENABLE: the client can understand more (RFC 5161 §3.1). CONDSTORE is all that there is to be enabled.</summary>
internal static class Enable
{
    private static readonly ImapReply Done = ImapReply.Ok("Enabled what there is");

    public static async ValueTask<ImapReply?> HandleAsync(ImapSession session, ImapCommand.Enable command)
    {
        var condStore = command.Capabilities.Contains("CONDSTORE");
        if (condStore)
            session.EnableCondStore(session.Selected is null ? null : await session.SelectedViewAsync());
        session.Writer.Untagged(condStore ? "ENABLED CONDSTORE"u8 : "ENABLED"u8);
        return Done;
    }
}
