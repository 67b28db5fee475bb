using Mailreeve.Policy.Sending;
using NodaTime;

namespace Mailreeve.Mail.Senders;

/// <summary>What a sender has sent within the last hour and the last day, message by message: as many as the limits let through.</summary>
internal sealed class SendingWindow
{
    private readonly Queue<Sent> day = new();
    private readonly Queue<Sent> hour = new();
    private readonly Dictionary<UInt128, long> texts = [];

    /// <summary>Messages within the last hour.</summary>
    public long MessagesInHour { get; private set; }

    /// <summary>Recipients within the last 24 hours.</summary>
    public long RecipientsInDay { get; private set; }

    /// <summary>Recipients who were written to for the first time within the last 24 hours.</summary>
    public long FirstRecipientsInDay { get; private set; }

    /// <summary>Recipients of messages with this text within the last 24 hours.</summary>
    public long RecipientsOf(UInt128 text) => texts.GetValueOrDefault(text);

    /// <summary>Forgets what is too long ago.</summary>
    public void MoveTo(Instant now)
    {
        while (hour.TryPeek(out var sent) && sent.At <= now - SendingRules.Hour)
        {
            hour.Dequeue();
            if (!sent.IsWithdrawn)
                MessagesInHour--;
        }

        while (day.TryPeek(out var sent) && sent.At <= now - SendingRules.Day)
        {
            day.Dequeue();
            if (!sent.IsWithdrawn)
                Take(sent);
        }
    }

    /// <summary>Counts a message.</summary>
    public void Add(long ticket, Instant at, long recipients, long first, UInt128 text)
    {
        var sent = new Sent(ticket, at, recipients, first, text);
        day.Enqueue(sent);
        hour.Enqueue(sent);
        MessagesInHour++;
        RecipientsInDay += recipients;
        FirstRecipientsInDay += first;
        texts[text] = RecipientsOf(text) + recipients;
    }

    /// <summary>Counts a message no more; nothing happens when it is not counted.</summary>
    public void Withdraw(long ticket)
    {
        foreach (var sent in day)
        {
            if (sent.Ticket != ticket || sent.IsWithdrawn)
                continue;
            sent.IsWithdrawn = true;
            Take(sent);
            if (hour.Contains(sent))
                MessagesInHour--;
            return;
        }
    }

    private void Take(Sent sent)
    {
        RecipientsInDay -= sent.Recipients;
        FirstRecipientsInDay -= sent.First;
        var left = texts[sent.Text] - sent.Recipients;
        if (left == 0)
            texts.Remove(sent.Text);
        else
            texts[sent.Text] = left;
    }

    private sealed class Sent(long ticket, Instant at, long recipients, long first, UInt128 text)
    {
        public long Ticket { get; } = ticket;

        public Instant At { get; } = at;

        public long Recipients { get; } = recipients;

        public long First { get; } = first;

        public UInt128 Text { get; } = text;

        public bool IsWithdrawn { get; set; }
    }
}
