"""The CloudFormation templates that go out to accounts: pure, plain JSON made with troposphere."""
