DROP TABLE activity_models;
DROP TABLE activities;
DROP TABLE reviews;
