namespace Mailreeve.Mail.Submission;

/// <summary>The hold that a message was to be kept under ended at this moment: nothing is written, and it is decided about anew.</summary>
internal sealed class HoldEndedException() : Exception("The hold has ended.");
