using Mailreeve.Accounts.Mailboxes;
using Mailreeve.Accounts.Sending;
using Mailreeve.Configuration;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Senders;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Submission;
using Mailreeve.Storage;
using Mailreeve.Storage.Live;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mailreeve.Serving;

/// <summary>Where customers hand in mail, and what keeps it within its limits.</summary>
internal static class SubmissionServer
{
    /// <summary>Adds the door for customers, and what is done about holds.</summary>
    /// <param name="services">Of the host.</param>
    /// <param name="settings">How it is set up.</param>
    /// <param name="recipientKey">The secret that recipients are hashed with.</param>
    public static void AddSubmission(this IServiceCollection services, Settings settings, byte[] recipientKey) =>
        services.AddSingleton<SubmissionIds>()
            .AddSingleton<HoldDesk>()
            .AddSingleton<IClerk, HoldNoticeClerk>()
            .AddSingleton(new RecipientHash(recipientKey))
            .AddSingleton(s => new SubmissionDoor
            {
                SignIn = MailServers.SignInWith(s.GetRequiredService<MailboxSignIn>(), settings),
                Views = s.GetRequiredService<LiveViews>(),
                Grains = s.GetRequiredService<IGrainFactory>(),
                Outbox = s.GetRequiredService<Outbox>(),
                Database = s.GetRequiredService<Database>(),
                Signer = s.GetRequiredService<OutgoingSigner>(),
                Ids = s.GetRequiredService<SubmissionIds>(),
                Recipients = s.GetRequiredService<RecipientHash>(),
                Options = settings.Submission.Options,
            });

    /// <summary>Listens where the configuration says.</summary>
    /// <param name="kestrel">Of the host.</param>
    /// <param name="settings">How it is set up.</param>
    /// <param name="smtp">What the listener of SMTP is made of.</param>
    public static void ListenForSubmission(this KestrelServerOptions kestrel, Settings settings, SmtpServerParts smtp)
    {
        var (doors, limits) = (settings.Submission.Doors, smtp.Limits);
        var parts = smtp with
        {
            Limits = limits with
            {
                RecipientsPerMessage = settings.Submission.RecipientsPerMessage ?? new SmtpLimits().RecipientsPerMessage,
                ConnectionsMax = doors.ConnectionsMax ?? limits.ConnectionsMax,
                ConnectionsPerAddress = doors.ConnectionsPerAddress ?? limits.ConnectionsPerAddress,
            },
        };
        foreach (var endPoint in doors.Listen)
            kestrel.ListenSubmission(endPoint, parts);
        foreach (var endPoint in doors.ListenTls)
            kestrel.ListenSubmissions(endPoint, parts);
    }
}
