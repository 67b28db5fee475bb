using Mailreeve.Policy;

namespace Mailreeve.Mail.Submission;

/// <summary>The customer who hands mail in.</summary>
/// <param name="Customer">Who answers for it (C2).</param>
/// <param name="Mailbox">The mailbox that has signed in; <see langword="null"/> for a customer's own server, known by its address.</param>
internal sealed record Submitter(CustomerId Customer, MailboxId? Mailbox);
