using Google.Protobuf;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Tests.Protocol;

public sealed class ReportTests
{
    [Fact]
    public void A_report_written_by_hand_is_what_the_generated_classes_read()
    {
        var buffer = new ByteBuffer(1);
        ReportWriter.Loaded(buffer, 3, null);
        ReportWriter.Loaded(buffer, 4, new Error { Type = "T", Message = "M", Stack = "S" });
        ReportWriter.Completed(buffer, 10, new EncodedValue(new Payload("raw", new byte[200])), 5000, 0);
        ReportWriter.Failed(buffer, 11, new Error { Type = "E" }, 1, 2);
        ReportWriter.Canceled(buffer, 12);
        ReportWriter.Drained(buffer);

        var read = ActorReport.Parser.ParseFrom(buffer.Detach());

        Assert.Null(read.Loaded[0].Error);
        Assert.Equal(("T", "M", "S"), (read.Loaded[1].Error.Type, read.Loaded[1].Error.Message, read.Loaded[1].Error.Stack));
        Assert.Equal((10UL, 200, 200UL, 5000UL), (read.Results[0].CallId, read.Results[0].Value.Inline.Length, read.Results[0].Value.Size, read.Results[0].ComputeNanoseconds));
        Assert.Equal((11UL, "E", 1UL, 2UL), (read.Results[1].CallId, read.Results[1].Error.Type, read.Results[1].ComputeNanoseconds, read.Results[1].QueuedNanoseconds));
        Assert.True(read.Results[2].Canceled);
        Assert.True(read.Drained);
    }

    [Fact]
    public void A_report_of_the_generated_classes_is_read_by_hand()
    {
        var report = new ActorReport
        {
            Loaded = { new FunctionLoaded { FunctionNumber = 1 } },
            Results =
            {
                new Result { CallId = 1, Value = new Value { Codec = "json", Inline = ByteString.CopyFromUtf8("null"), Size = 4 }, ComputeNanoseconds = 7 },
                new Result { CallId = 2, Error = new Error { Type = "E", Message = "m" } },
                new Result { CallId = 3, Canceled = true },
            },
            Drained = true,
        };
        var seen = new Recorder();

        ReportReader.Read(report.ToByteArray(), new TextCache(), seen);

        Assert.Equal([1U], seen.Loads);
        Assert.Equal("null"u8.ToArray(), seen.Results[0].Value.Payload.Bytes.ToArray());
        Assert.Equal(7UL, seen.Results[0].ComputeNanoseconds);
        Assert.Equal("E", seen.Results[1].Error?.Type);
        Assert.True(seen.Results[2].Canceled);
        Assert.Equal(1, seen.Drains);
    }

    [Fact]
    public void A_result_without_an_outcome_is_refused()
    {
        var report = new ActorReport { Results = { new Result { CallId = 8 } } };

        var error = Assert.Throws<InvalidDataException>(() => ReportReader.Read(report.ToByteArray(), new TextCache(), new Recorder()));

        Assert.Contains("call 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Codec_names_of_many_reports_are_one_string_each()
    {
        var texts = new TextCache();

        Assert.Same(texts.Get("json"u8), texts.Get("json"u8));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"codec-{i}", texts.Get(System.Text.Encoding.UTF8.GetBytes($"codec-{i}")));
        }
    }

    private sealed class Recorder : IReportSink
    {
        public List<uint> Loads { get; } = [];

        public List<ResultReport> Results { get; } = [];

        public int Drains { get; private set; }

        public void Loaded(uint function, Error? error) => Loads.Add(function);

        public void Ended(in ResultReport result) => Results.Add(result);

        public void Drained() => Drains++;
    }
}
